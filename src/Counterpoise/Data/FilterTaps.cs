using System.Collections.Concurrent;

namespace Counterpoise.Data;

/// <summary>Which source pixels each target pixel of a row or a column is the weighted mean of.</summary>
internal sealed class FilterTaps
{
    private const int MostKept = 4096;
    private static readonly ConcurrentDictionary<(int From, int To), FilterTaps> Kept = new();
    private readonly int[] first;
    private readonly float[] weights;

    private FilterTaps(int from, int to)
    {
        double scale = (double)from / to;
        double reach = Math.Max(1, scale);
        first = new int[to];
        Count = 1;
        for (int target = 0; target < to; target++)
        {
            double centre = Centre(target, scale);
            first[target] = Math.Max(0, (int)Math.Floor(centre - reach) + 1);
            Count = Math.Max(Count, Math.Min(from, (int)Math.Ceiling(centre + reach)) - first[target]);
        }

        weights = new float[to * Count];
        for (int target = 0; target < to; target++)
        {
            double centre = Centre(target, scale);
            first[target] = Math.Min(first[target], from - Count);
            double[] own =
            [
                .. Enumerable.Range(first[target], Count).Select(i => Math.Max(0, reach - Math.Abs(i - centre))),
            ];
            double sum = own.Sum();
            for (int i = 0; i < Count; i++)
            {
                weights[(target * Count) + i] = (float)(own[i] / sum);
            }
        }
    }

    /// <summary>Where a target pixel's middle lies in the source.</summary>
    private static double Centre(int target, double scale) => ((target + 0.5) * scale) - 0.5;

    /// <summary>The number of target pixels.</summary>
    internal int Length => first.Length;

    /// <summary>The number of source pixels of each target pixel; some may have the weight 0.</summary>
    internal int Count { get; }

    /// <summary>The taps of a triangle that reaches one pixel, or as many source pixels as one target pixel has.</summary>
    internal static FilterTaps Of(int from, int to)
    {
        if (Kept.Count > MostKept)
        {
            Kept.Clear(); // Sets of images of every size must not fill the memory.
        }

        return Kept.GetOrAdd((from, to), sizes => new FilterTaps(sizes.From, sizes.To));
    }

    internal int First(int target) => first[target];

    internal ReadOnlySpan<float> Weights(int target) => weights.AsSpan(target * Count, Count);
}
