using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>A probability density over the values of a dimension.</summary>
internal abstract class ValueDensity
{
    /// <summary>Draws a value.</summary>
    internal abstract string Draw(ref DrawStream draws);

    /// <summary>The logarithm of the density, or of the probability, at a value.</summary>
    internal abstract double LogOf(string value);
}

/// <summary>How often the values of a list were seen, each counted once more so that none is impossible.</summary>
internal sealed class ListDensity : ValueDensity
{
    private readonly ListDimension dimension;
    private readonly double[] weights;
    private readonly double total;

    internal ListDensity(ListDimension dimension, IReadOnlyList<string> seen)
    {
        this.dimension = dimension;
        weights = [.. dimension.Values.Select(value => 1.0 + seen.Count(other => other == value))];
        total = weights.Sum();
    }

    internal override string Draw(ref DrawStream draws)
    {
        double left = total * draws.NextDouble();
        int index = 0;
        while (index < weights.Length - 1 && left >= weights[index])
        {
            left -= weights[index++];
        }

        return dimension.Values[index];
    }

    internal override double LogOf(string value) => Math.Log(weights[dimension.Values.ToList().IndexOf(value)] / total);
}
