using ScottPlot;

namespace Counterpoise.Report;

/// <summary>How all figures look: colours that every common colour-vision deficiency and grey print keep apart, and large type.</summary>
internal static class FigureStyle
{
    private const float TitleSize = 20;
    private const float LabelSize = 18;
    private const float TickSize = 15;

    // Okabe and Ito's palette without its yellow, which is lost on white paper, and three of Tol's.
    private static readonly string[] Palette =
    [
        "#0072B2",
        "#E69F00",
        "#009E73",
        "#CC79A7",
        "#56B4E9",
        "#D55E00",
        "#000000",
        "#882255",
        "#7F7F7F",
        "#332288",
    ];

    private static readonly LinePattern[] Patterns =
    [
        LinePattern.Solid,
        LinePattern.Dashed,
        LinePattern.Dotted,
        LinePattern.DenselyDashed,
    ];

    internal static Color Colour(int index) => Color.FromHex(Palette[index % Palette.Length]);

    /// <summary>The lines of one colour differ in their pattern once the colours are used up, and every other line is dashed in any case.</summary>
    internal static LinePattern Pattern(int index) => Patterns[(index + (index / Palette.Length)) % Patterns.Length];

    /// <summary>A plot with the common type sizes.</summary>
    internal static Plot Plot(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title, TitleSize);
        plot.XLabel(x, LabelSize);
        plot.YLabel(y, LabelSize);
        plot.Axes.Bottom.TickLabelStyle.FontSize = TickSize;
        plot.Axes.Left.TickLabelStyle.FontSize = TickSize;
        plot.Legend.FontSize = TickSize;
        plot.Grid.MajorLineColor = Color.FromHex("#E0E0E0");
        return plot;
    }

    /// <summary>Draws a line over epochs; a single epoch is a dot.</summary>
    internal static void AddCurve(Plot plot, string name, int index, IReadOnlyList<(double X, double? Y)> points)
    {
        (double X, double? Y)[] known = [.. points.Where(point => point.Y is { } y && double.IsFinite(y))];
        if (known.Length == 0)
        {
            return;
        }

        var line = plot.Add.Scatter(
            known.Select(point => point.X).ToArray(),
            known.Select(point => point.Y!.Value).ToArray(),
            Colour(index)
        );
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.LinePattern = Pattern(index);
        line.MarkerSize = known.Length == 1 ? 8 : 0;
    }

    /// <summary>Names the classes below a plot, the largest first, with their training images where there is room.</summary>
    internal static void NameClasses(
        Plot plot,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<int> order
    )
    {
        const int mostNames = 20;
        int step = Math.Max(1, order.Count / mostNames);
        int[] shown = [.. Enumerable.Range(0, order.Count).Where(place => place % step == 0)];
        plot.Axes.Bottom.SetTicks(
            [.. shown.Select(place => (double)place)],
            [.. shown.Select(place => $"{classes[order[place]]}\n({counts[order[place]]})")]
        );
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Axes.SetLimitsX(-0.6, order.Count - 0.4);
        if (order.Count > mostNames / 2)
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = 45;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperLeft;
        }
    }

    /// <summary>Bars of several runs side by side for every class; values that are unknown are left out.</summary>
    internal static void AddBars(
        Plot plot,
        string name,
        int run,
        int runs,
        IReadOnlyList<double?> values,
        IReadOnlyList<int> order
    )
    {
        const double groupWidth = 0.8;
        double width = groupWidth / runs;
        double offset = (run - ((runs - 1) / 2.0)) * width;
        Bar[] bars =
        [
            .. order
                .Select((label, place) => (place, value: values[label]))
                .Where(bar => bar.value is not null)
                .Select(bar => new Bar
                {
                    Position = bar.place + offset,
                    Value = bar.value!.Value,
                    Size = width * 0.95,
                    FillColor = Colour(run),
                    LineWidth = 0,
                }),
        ];
        plot.Add.Bars(bars).LegendText = name;
    }
}
