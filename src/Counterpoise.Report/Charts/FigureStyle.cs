using ScottPlot;
using ScottPlot.TickGenerators;

namespace Counterpoise.Report.Charts;

/// <summary>What all printed figures have in common: fonts that survive being set half as wide, quiet grids, legends.</summary>
internal static class FigureStyle
{
    internal const float LineWidth = 3;
    internal const float MarkerSize = 9;
    internal const float TickSize = 20;
    internal const int LongestName = 24;
    private const float LabelSize = 23;
    private const float TitleSize = 25;

    // A sans-serif that the machine has; without one, whatever it has.
    internal static readonly string Font =
        new[] { "Liberation Sans", "Arial", "Helvetica", "DejaVu Sans" }.FirstOrDefault(
            SkiaSharp.SKFontManager.Default.FontFamilies.Contains
        ) ?? Fonts.Default;

    /// <summary>Characters that fit side by side below a panel at <see cref="TickSize"/>.</summary>
    private const int CharactersAcross = 96;

    /// <summary>A plot with a title and names of axes.</summary>
    internal static Plot Create(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Axes.Title.Label.FontSize = TitleSize;
        plot.Axes.Title.Label.Bold = true;
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.IsVisible = title.Length > 0;
        plot.XLabel(x);
        plot.YLabel(y);
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right })
        {
            axis.Label.FontSize = LabelSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = TickSize;
        }

        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.12);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Font.Set(Font);
        return plot;
    }

    /// <summary>A legend beside the frame, where it hides nothing.</summary>
    internal static void ShowLegend(Plot plot)
    {
        plot.Legend.FontSize = TickSize;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.SymbolWidth = 44;
        plot.ShowLegend(Edge.Right);
    }

    /// <summary>Whole powers of ten, and 2 and 5 times them where the axis is short.</summary>
    internal static ITickGenerator LogarithmicTicks(double min, double max)
    {
        double[] factors = max - min < 2.2 ? [1, 2, 5] : [1];
        (double Place, double Value)[] ticks =
        [
            .. Enumerable
                .Range((int)Math.Floor(min), (int)Math.Ceiling(max) - (int)Math.Floor(min) + 1)
                .SelectMany(power => factors.Select(factor => factor * Math.Pow(10, power)))
                .Select(value => (Math.Log10(value), value)),
        ];
        return new NumericManual(
            [.. ticks.Select(tick => tick.Place)],
            [.. ticks.Select(tick => tick.Value is < 1e6 and >= 1e-4 ? $"{tick.Value:0.######}" : $"{tick.Value:0E0}")]
        );
    }

    /// <summary>Names below the places 0, 1, 2 ...: as they are where they fit, on end where there are many, thinned where even that is too much.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="names">The name of each place, and what stands below it.</param>
    internal static void NameCategories(IAxis axis, IReadOnlyList<Category> names)
    {
        const int mostOnEnd = 50;
        int widest = names.Max(name => Math.Max(name.Name.Length, name.Detail.Length + 2));
        bool flat = names.Count * (widest + 1) <= CharactersAcross;
        int step = (names.Count + mostOnEnd - 1) / mostOnEnd;
        int[] places = [.. Enumerable.Range(0, names.Count).Where(place => place % step == 0)];
        string separator = flat ? "\n" : " ";
        string[] labels =
        [
            .. places.Select(place =>
                names[place].Detail.Length == 0
                    ? Shorten(names[place].Name)
                    : $"{Shorten(names[place].Name)}{separator}({names[place].Detail})"
            ),
        ];
        axis.TickGenerator = new NumericManual([.. places.Select(place => (double)place)], labels);
        axis.MajorTickStyle.Length = 0;
        if (!flat)
        {
            axis.TickLabelStyle.FontSize = names.Count > mostOnEnd / 2 ? TickSize * 0.8f : TickSize;
            PutOnEnd(axis, labels);
        }
    }

    /// <summary>Turns the names below an axis upwards, and makes room for them.</summary>
    internal static void PutOnEnd(IAxis axis, IReadOnlyList<string> labels)
    {
        const float widthOfCharacter = 0.52f;
        axis.TickLabelStyle.Rotation = -90;
        axis.TickLabelStyle.Alignment = Alignment.MiddleRight;
        axis.MinimumSize =
            (labels.Max(label => label.Length) * axis.TickLabelStyle.FontSize * widthOfCharacter) + LabelSize + 8;
    }

    /// <summary>A name that does not push the figure out of its frame.</summary>
    /// <param name="name">The name.</param>
    /// <param name="room">How many characters there is room for.</param>
    internal static string Shorten(string name, int room = LongestName)
    {
        int longest = Math.Clamp(room, 2, LongestName);
        string line = name.ReplaceLineEndings(" ");
        return line.Length <= longest ? line : line[..(longest - 1)] + "…";
    }
}
