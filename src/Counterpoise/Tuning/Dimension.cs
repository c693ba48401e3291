using System.Globalization;
using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>One recipe key that is tuned, and the values it may take.</summary>
/// <param name="Key">The key as <c>--set</c> takes it.</param>
internal abstract record Dimension(string Key)
{
    /// <summary>A value drawn evenly: over the list, the range, or the range's logarithm.</summary>
    internal abstract string Draw(ref DrawStream draws);

    /// <summary>What values are likely among those seen, none being impossible.</summary>
    internal abstract ValueDensity DensityOf(IReadOnlyList<string> seen);
}

/// <summary>Values that are listed: names, or the numbers of a grid.</summary>
/// <param name="Key">The key as <c>--set</c> takes it.</param>
/// <param name="Values">The values, in the order given.</param>
internal sealed record ListDimension(string Key, ValueList<string> Values) : Dimension(Key)
{
    internal override string Draw(ref DrawStream draws) => Values[draws.NextInt(Values.Count)];

    internal override ValueDensity DensityOf(IReadOnlyList<string> seen) => new ListDensity(this, seen);
}

/// <summary>All numbers of a range, its ends included.</summary>
/// <param name="Key">The key as <c>--set</c> takes it.</param>
/// <param name="Low">The smallest value.</param>
/// <param name="High">The largest value, above <paramref name="Low"/>.</param>
/// <param name="IsLogarithmic">Whether factors are alike rather than differences.</param>
/// <param name="IsWhole">Whether only whole numbers are allowed.</param>
internal sealed record RangeDimension(string Key, double Low, double High, bool IsLogarithmic, bool IsWhole)
    : Dimension(Key)
{
    /// <summary>The range on the scale that is searched evenly; a whole number stands for half a unit on both sides.</summary>
    internal (double Low, double High) Scale => (Scaled(Low - Half), Scaled(High + Half));

    private double Half => IsWhole ? 0.5 : 0;

    internal override string Draw(ref DrawStream draws)
    {
        (double low, double high) = Scale;
        return At(low + ((high - low) * draws.NextDouble()));
    }

    internal override ValueDensity DensityOf(IReadOnlyList<string> seen) => new ParzenDensity(this, seen);

    /// <summary>The value at a place of the scale, with four significant digits, so that what is shown is what was trained.</summary>
    internal string At(double place)
    {
        const string shown = "G4";
        CultureInfo culture = CultureInfo.InvariantCulture;
        double value = IsLogarithmic ? Math.Exp(place) : place;
        double rounded = IsWhole ? Math.Round(value) : double.Parse(value.ToString(shown, culture), culture);
        return Math.Clamp(rounded, Low, High).ToString(IsWhole ? "F0" : "R", culture);
    }

    /// <summary>The part of the scale that a value stands for: a place, or for whole numbers an interval.</summary>
    internal (double From, double To) PlaceOf(string value)
    {
        double number = double.Parse(value, CultureInfo.InvariantCulture);
        return (Scaled(number - Half), Scaled(number + Half));
    }

    private double Scaled(double value) => IsLogarithmic ? Math.Log(value) : value;
}
