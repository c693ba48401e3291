using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Maps the values of an axis to pixels, and has its ticks.</summary>
internal sealed class Scale
{
    private readonly Axis axis;
    private readonly double low;
    private readonly double high;
    private readonly double from;
    private readonly double to;

    /// <param name="axis">The axis.</param>
    /// <param name="values">The values to be shown.</param>
    /// <param name="from">The pixel of its lower end.</param>
    /// <param name="to">The pixel of its upper end.</param>
    internal Scale(Axis axis, IEnumerable<double> values, double from, double to)
    {
        this.axis = axis;
        this.from = from;
        this.to = to;
        double[] places = [.. values.Where(axis.Shows).Select(axis.Place)];
        low = axis.Min is { } min ? axis.Place(min) : places.DefaultIfEmpty(0).Min();
        high = axis.Max is { } max ? axis.Place(max) : places.DefaultIfEmpty(1).Max();
        if (high <= low)
        {
            high = low + 1;
        }

        double margin = (high - low) * 0.04;
        low = axis.Min is null ? low - margin : low;
        high = axis.Max is null ? high + margin : high;
    }

    internal double this[double value] => from + ((axis.Place(value) - low) / (high - low) * (to - from));

    /// <summary>The ticks: where, and what they say.</summary>
    /// <param name="about">About how many there should be.</param>
    internal IEnumerable<(double At, string Text)> Ticks(int about) =>
        (axis.Logarithmic ? LogarithmicTicks() : LinearTicks(about)).Select(value => (this[value], Text(value)));

    private IEnumerable<double> LinearTicks(int about)
    {
        double rough = (high - low) / Math.Max(1, about);
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= rough * 0.7);
        for (double i = Math.Ceiling((low / step) - 1e-9); i * step <= high + (step * 1e-9); i++)
        {
            yield return i * step;
        }
    }

    private IEnumerable<double> LogarithmicTicks()
    {
        double[] factors = high - low < 2.2 ? [1, 2, 5] : [1];
        return Enumerable
            .Range((int)Math.Floor(low), (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1)
            .SelectMany(power => factors.Select(factor => factor * Math.Pow(10, power)))
            .Where(value => Math.Log10(value) >= low - 1e-9 && Math.Log10(value) <= high + 1e-9);
    }

    private static string Text(double value) =>
        value == 0 ? "0"
        : Math.Abs(value) is < 1e6 and >= 1e-4 ? $"{value:0.######}"
        : $"{value:0E0}";
}
