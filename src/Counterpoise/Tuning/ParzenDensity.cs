using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>
/// A Parzen estimator over a range: a normal distribution around each value seen, and one even over the whole range, all of
/// equal weight and cut off at the ends (Bergstra, Bardenet, Bengio and Kegl, NeurIPS 2011, section 4.2).
/// </summary>
internal sealed class ParzenDensity : ValueDensity
{
    private readonly RangeDimension dimension;
    private readonly double low;
    private readonly double high;
    private readonly double[] centres;
    private readonly double[] deviations;

    internal ParzenDensity(RangeDimension dimension, IReadOnlyList<string> seen)
    {
        this.dimension = dimension;
        (low, high) = dimension.Scale;
        centres =
        [
            .. seen.Select(dimension.PlaceOf)
                .Select(place => Math.Clamp((place.From + place.To) / 2, low, high))
                .Order(),
        ];
        deviations = [.. centres.Select((_, i) => DeviationOf(i))];
    }

    internal override string Draw(ref DrawStream draws)
    {
        int component = draws.NextInt(centres.Length + 1);
        if (component == centres.Length)
        {
            return dimension.At(low + ((high - low) * draws.NextDouble()));
        }

        // A centre is within the range and its deviation at most the range's width: a third or more of all draws fit.
        while (true)
        {
            double place = centres[component] + (deviations[component] * draws.NextNormal());
            if (place >= low && place <= high)
            {
                return dimension.At(place);
            }
        }
    }

    internal override double LogOf(string value)
    {
        (double from, double to) = dimension.PlaceOf(value);
        double sum = to > from ? (to - from) / (high - low) : 1 / (high - low);
        for (int i = 0; i < centres.Length; i++)
        {
            double Below(double place) => NormalDistribution.Below((place - centres[i]) / deviations[i]);
            double density =
                to > from
                    ? Below(to) - Below(from)
                    : NormalDistribution.Density((from - centres[i]) / deviations[i]) / deviations[i];
            sum += density / (Below(high) - Below(low));
        }

        return Math.Log(sum / (centres.Length + 1));
    }

    /// <summary>The distance to the farther neighbour, or end of the range; not too small, or nothing new would be tried.</summary>
    private double DeviationOf(int index)
    {
        const int narrowest = 100;
        double left = index > 0 ? centres[index - 1] : low;
        double right = index < centres.Length - 1 ? centres[index + 1] : high;
        double width = high - low;
        double farther = Math.Max(centres[index] - left, right - centres[index]);
        return Math.Clamp(farther, width / Math.Min(narrowest, centres.Length + 1), width);
    }
}
