using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>Draws groups of bars, with lines over them.</summary>
internal static class BarPlot
{
    private const double GroupWidth = 0.8;
    private static readonly Color HatchColour = Colors.White.WithAlpha(0.55);

    internal static Plot Draw(BarPanel panel)
    {
        Plot plot = FigureStyle.Create(panel.Title, panel.CategoryLabel, panel.Y.Label);
        double width = GroupWidth / Math.Max(1, panel.Bars.Count);
        for (int s = 0; s < panel.Bars.Count; s++)
        {
            Series series = panel.Bars[s];
            double offset = (s - ((panel.Bars.Count - 1) / 2.0)) * width;
            Bar[] bars =
            [
                .. series.Values.Select((value, place) => CreateBar(panel.Y, value, place + offset, width, series)),
            ];
            plot.Add.Bars(bars).LegendText = series.Name;
        }

        foreach (Series series in panel.Lines)
        {
            AddLine(plot, panel.LineAxis!, series);
        }

        FigureStyle.NameCategories(plot.Axes.Bottom, panel.Categories);
        SetLimits(plot, panel);
        plot.Grid.XAxisStyle.IsVisible = false;
        if (panel.Bars.Count + panel.Lines.Count > 1)
        {
            ShowLegend(plot, panel);
        }

        return plot;
    }

    /// <summary>A legend that shows hatches, which that of the bars themselves leaves out.</summary>
    private static void ShowLegend(Plot plot, BarPanel panel)
    {
        plot.Legend.DisplayPlottableLegendItems = false;
        foreach (Series series in panel.Bars)
        {
            var item = new LegendItem { LabelText = series.Name, FillColor = Palette.ColourOf(series.Style) };
            if (Palette.HatchOf(series.Style) is { } hatch)
            {
                item.FillHatch = hatch;
                item.FillHatchColor = HatchColour;
            }

            plot.Legend.ManualItems.Add(item);
        }

        foreach (Series series in panel.Lines)
        {
            plot.Legend.ManualItems.Add(
                new LegendItem
                {
                    LabelText = series.Name,
                    LineColor = Palette.ColourOf(series.Style),
                    LineWidth = FigureStyle.LineWidth,
                    LinePattern = Palette.PatternOf(series.Style),
                    MarkerShape = Palette.MarkerOf(series.Style),
                    MarkerSize = FigureStyle.MarkerSize,
                    MarkerFillColor = Palette.ColourOf(series.Style),
                }
            );
        }

        FigureStyle.ShowLegend(plot);
    }

    private static Bar CreateBar(Axis axis, double? value, double position, double width, Series series)
    {
        Color colour = Palette.ColourOf(series.Style);
        bool shown = value is { } number && axis.Shows(number);
        var bar = new Bar
        {
            Position = position,
            Value = shown ? axis.Place(value!.Value) : Base(axis),
            ValueBase = Base(axis),
            Size = width * 0.92,
            FillColor = colour,
            LineColor = colour,
            LineWidth = shown ? 1 : 0,
        };
        if (Palette.HatchOf(series.Style) is { } hatch)
        {
            bar.FillHatch = hatch;
            bar.FillHatchColor = HatchColour;
        }

        return bar;
    }

    /// <summary>Where bars start: 0, or one image where the axis is logarithmic and 1 is at 0.</summary>
    private static double Base(Axis axis) =>
        axis.Logarithmic ? Math.Min(0, axis.Min is { } min ? axis.Place(min) : 0) : 0;

    private static void AddLine(Plot plot, Axis axis, Series series)
    {
        (double X, double Y)[] points =
        [
            .. series
                .Values.Select((value, place) => (X: (double)place, Y: value))
                .Where(point => point.Y is { } y && axis.Shows(y))
                .Select(point => (point.X, axis.Place(point.Y!.Value))),
        ];
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(
            points.Select(point => point.X).ToArray(),
            points.Select(point => point.Y).ToArray()
        );
        line.Axes.YAxis = plot.Axes.Right;
        line.Color = Palette.ColourOf(series.Style);
        line.LineWidth = FigureStyle.LineWidth;
        line.LinePattern = Palette.PatternOf(series.Style);
        line.MarkerShape = Palette.MarkerOf(series.Style);
        line.MarkerSize = FigureStyle.MarkerSize;
        line.LegendText = series.Name;
    }

    private static void SetLimits(Plot plot, BarPanel panel)
    {
        double largest = panel
            .Bars.SelectMany(series => series.Values)
            .Where(value => value is { } number && panel.Y.Shows(number))
            .Select(value => panel.Y.Place(value!.Value))
            .DefaultIfEmpty(1)
            .Max();
        double top = panel.Y.Max is { } max ? panel.Y.Place(max) : Math.Max(largest * 1.06, 1e-9);
        plot.Axes.SetLimits(-0.6, panel.Categories.Count - 0.4, Base(panel.Y), top);
        if (panel.Y.Logarithmic)
        {
            plot.Axes.Left.TickGenerator = FigureStyle.LogarithmicTicks(Base(panel.Y), top);
        }

        if (panel.LineAxis is { } axis)
        {
            plot.Axes.Right.FrameLineStyle.IsVisible = true;
            plot.Axes.Right.Label.Text = axis.Label;
            plot.Axes.SetLimitsY(axis.Min ?? 0, axis.Max ?? 100, plot.Axes.Right);
        }
    }
}
