using Counterpoise.Runtime;

namespace Counterpoise.Metrics;

/// <summary>Means of a number that every image has, by class.</summary>
internal sealed class ClassMeans(int classes)
{
    private readonly double[] sums = new double[classes];
    private readonly int[] counts = new int[classes];

    /// <param name="labels">[N]: the classes of a batch.</param>
    /// <param name="values">[N]: their numbers.</param>
    internal void Add(int[] labels, float[] values)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            sums[labels[i]] += values[i];
            counts[labels[i]]++;
        }
    }

    /// <summary>Adds what other ranks have.</summary>
    internal void Sum(Ranks ranks)
    {
        ranks.Sum(sums);
        ranks.Sum(counts);
    }

    /// <summary>One mean a class; null for a class without images.</summary>
    internal IReadOnlyList<double?> Means =>
        [.. sums.Zip(counts, (sum, count) => count == 0 ? null : (double?)(sum / count))];
}
