using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>
/// How series are told apart: Okabe and Ito's colours, which every common colour vision can distinguish, and for grey
/// print a line pattern and a marker that differ between neighbours.
/// </summary>
internal static class Palette
{
    /// <summary>The colours on white: Okabe and Ito's but for yellow, and three more so that ten classes have one each.</summary>
    internal static IReadOnlyList<string> Colours { get; } =
    ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7A4FA3", "#8A5A2B", "#8A9199"];

    /// <summary>The same hues on a dark ground.</summary>
    internal static IReadOnlyList<string> DarkColours { get; } =
    ["#4FA8DE", "#F08A45", "#2FC79B", "#E09BC0", "#F0B93A", "#8CD0F5", "#E8E8E8", "#B597E0", "#C79A6B", "#9AA2AA"];

    /// <summary>The style of what is only the ground for something else: grey.</summary>
    internal const int Neutral = -1;

    private const string Grey = "#C3CAD1";

    private static readonly LinePattern[] Patterns =
    [
        LinePattern.Solid,
        LinePattern.Dashed,
        LinePattern.Dotted,
        new([12, 4, 3, 4], 0, "dash dot"),
    ];

    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle,
        MarkerShape.FilledSquare,
        MarkerShape.FilledTriangleUp,
        MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown,
    ];

    /// <summary>The patterns as SVG dash arrays, in the order of <see cref="PatternOf"/>; empty is solid.</summary>
    internal static IReadOnlyList<string> Dashes { get; } = ["", "8 4", "2 3", "9 3 2 3"];

    internal static Color ColourOf(int series) =>
        Color.FromHex(series == Neutral ? Grey : Colours[series % Colours.Count]);

    internal static LinePattern PatternOf(int series) => Patterns[series % Patterns.Length];

    internal static MarkerShape MarkerOf(int series) => Markers[series % Markers.Length];

    /// <summary>Hatches for bars; the first series is plain.</summary>
    internal static IHatch? HatchOf(int series) =>
        (series % 4) switch
        {
            1 => new ScottPlot.Hatches.Striped(ScottPlot.Hatches.StripeDirection.DiagonalUp),
            2 => new ScottPlot.Hatches.Dots(),
            3 => new ScottPlot.Hatches.Striped(ScottPlot.Hatches.StripeDirection.Horizontal),
            _ => null,
        };
}
