namespace Counterpoise.Metrics;

/// <summary>Mean and spread of one number over runs that differ in their seed alone.</summary>
/// <param name="Values">The number of each run.</param>
internal sealed record SampleStatistic(IReadOnlyList<double> Values)
{
    /// <summary>The mean.</summary>
    public double Mean => Values.Average();

    /// <summary>The sample standard deviation (n - 1), or null for a single run.</summary>
    public double? Deviation
    {
        get
        {
            if (Values.Count < 2)
            {
                return null;
            }

            double mean = Mean;
            return Math.Sqrt(Values.Sum(value => (value - mean) * (value - mean)) / (Values.Count - 1));
        }
    }

    /// <summary>The statistic of a number that some runs may not have; null unless all have it.</summary>
    public static SampleStatistic? Of(IEnumerable<double?> values)
    {
        double?[] all = [.. values];
        return all.Length > 0 && all.All(value => value is not null)
            ? new SampleStatistic([.. all.Select(value => value!.Value)])
            : null;
    }

    /// <summary>Such as <c>45.5 ± 0.4</c>, without the spread for a single run.</summary>
    /// <param name="format">The format of both numbers, such as <c>F1</c>.</param>
    public string Show(string format) =>
        Deviation is { } deviation ? $"{Mean.ToString(format)} ± {deviation.ToString(format)}" : Mean.ToString(format);
}
