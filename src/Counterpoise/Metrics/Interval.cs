using System.Text.Json.Nodes;

namespace Counterpoise.Metrics;

/// <summary>Where a number lies with 95 % confidence, by the choice of images alone: other training seeds vary more.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct Interval(double Low, double High)
{
    /// <summary>The normal distribution's quantile at 97.5 %.</summary>
    private const double Quantile = 1.959963984540054;

    /// <summary>Of a share of images (Wilson, Journal of the American Statistical Association, 1927), which is not empty at 0 and 1.</summary>
    /// <param name="found">Images that count.</param>
    /// <param name="all">Of so many, at least 1.</param>
    /// <returns>0 to 1.</returns>
    internal static Interval Wilson(int found, int all)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(all);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(found, all);
        double share = (double)found / all;
        double square = Quantile * Quantile / all;
        double centre = (share + (square / 2)) / (1 + square);
        double half = Math.Sqrt((share * (1 - share) / all) + (square / (4 * all))) * Quantile / (1 + square);
        return new Interval(found == 0 ? 0 : centre - half, found == all ? 1 : centre + half);
    }

    internal Interval Times(double factor) => new(Low * factor, High * factor);

    internal JsonArray ToJson() => new(Low, High);
}
