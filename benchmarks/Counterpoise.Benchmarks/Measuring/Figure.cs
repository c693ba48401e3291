using System.Text.Json.Nodes;

namespace Counterpoise.Benchmarks.Measuring;

/// <summary>One number that a benchmark is run for, measured several times.</summary>
/// <param name="Name">Its key in JSON.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Samples">One value a round; none where it could not be measured here.</param>
internal sealed record Figure(string Name, string Unit, IReadOnlyList<double> Samples)
{
    /// <summary>The unit of a ratio of speeds: above 1 is faster than what it is compared with.</summary>
    internal const string TimesAsFast = "times as fast";

    /// <summary>The unit of a ratio of times: above 1 takes longer than what it is compared with.</summary>
    internal const string TimesAsLong = "times as long";

    internal Figure(string name, string unit, IEnumerable<double> samples)
        : this(name, unit, (IReadOnlyList<double>)[.. samples]) { }

    /// <summary>The middle sample, or the mean of the middle two.</summary>
    internal double Median
    {
        get
        {
            double[] sorted = [.. Samples.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    internal double Low => Samples.Min();

    internal double High => Samples.Max();

    /// <summary>What could not be measured here.</summary>
    internal static Figure Missing(string name, string unit) => new(name, unit, (IReadOnlyList<double>)[]);

    /// <summary>A ratio, formed within each round.</summary>
    internal static Figure Ratio(string name, string unit, IEnumerable<double> of, IEnumerable<double> to) =>
        new(name, unit, of.Zip(to, (a, b) => a / b));

    /// <summary>Median, lowest and highest value; null where it could not be measured here.</summary>
    internal JsonNode? ToJson() =>
        Samples.Count == 0
            ? null
            : new JsonObject
            {
                ["median"] = Median,
                ["low"] = Low,
                ["high"] = High,
            };
}
