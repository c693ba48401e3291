using Counterpoise.Runtime;

namespace Counterpoise.Metrics;

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

    /// <summary>Adds what other ranks have.</summary>
    internal void Sum(Ranks ranks)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        // A rank without images of any class does not know D yet.
        int features =
            (int)ranks.Sum(sums.Max(sum => sum?.Length ?? 0))
            / (int)ranks.Sum(sums.Any(sum => sum is not null) ? 1.0 : 0);
        ranks.Sum(counts);
        for (int label = 0; label < counts.Length; label++)
        {
            if (counts[label] > 0)
            {
                ranks.Sum((sums[label] ??= new double[features]).AsSpan());
            }
        }
    }

    /// <summary>[D] for each class; null for one without images.</summary>
    internal IReadOnlyList<double[]?> Means =>
        [.. sums.Zip(counts, (sum, count) => sum is null ? null : Array.ConvertAll(sum, value => value / count))];
}
