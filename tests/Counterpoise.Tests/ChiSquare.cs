namespace Counterpoise.Tests;

/// <summary>Pearson's test of frequencies.</summary>
internal static class ChiSquare
{
    /// <summary>sum (observed - expected)^2 / expected over the cells whose probability is not 0; the others must be empty.</summary>
    public static double Of(IReadOnlyList<int> observed, IReadOnlyList<double> probability)
    {
        Assert.Equal(probability.Count, observed.Count);
        Assert.Equal(1, probability.Sum(), 1e-12);
        double count = observed.Sum();
        double sum = 0;
        for (int i = 0; i < observed.Count; i++)
        {
            double expected = count * probability[i];
            if (expected == 0)
            {
                Assert.Equal(0, observed[i]);
                continue;
            }

            // The statistic follows its distribution only where no cell is nearly empty.
            Assert.True(expected >= 5, $"cell {i} expects {expected}");
            sum += Math.Pow(observed[i] - expected, 2) / expected;
        }

        return sum;
    }

    /// <summary>How often each of the numbers from 0 to below <paramref name="cells"/> occurs.</summary>
    public static int[] Count(IEnumerable<int> values, int cells)
    {
        int[] counts = new int[cells];
        foreach (int value in values)
        {
            counts[value]++;
        }

        return counts;
    }
}
