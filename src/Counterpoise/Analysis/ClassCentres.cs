namespace Counterpoise.Analysis;

/// <summary>Mean features of every class.</summary>
internal sealed class ClassCentres(int classes)
{
    private readonly double[]?[] sums = new double[]?[classes];
    private readonly int[] counts = new int[classes];

    internal void Add(int label, float[] features)
    {
        double[] sum = sums[label] ??= new double[features.Length];
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += features[i];
        }

        counts[label]++;
    }

    /// <summary>[D] for each class; null for one without images.</summary>
    internal IReadOnlyList<double[]?> Means =>
        [.. sums.Zip(counts, (sum, count) => sum is null ? null : Array.ConvertAll(sum, value => value / count))];
}
