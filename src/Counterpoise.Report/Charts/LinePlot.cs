using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>Draws lines.</summary>
internal static class LinePlot
{
    // Beyond this many points markers would touch; every so many carries one then.
    private const int MostMarkers = 16;

    internal static Plot Draw(LinePanel panel)
    {
        Plot plot = FigureStyle.Create(panel.Title, panel.X.Label, panel.Y.Label);
        foreach (Line line in panel.Lines)
        {
            Add(plot, panel, line);
        }

        if (panel.Level is { } level)
        {
            plot.Add.HorizontalLine(panel.Y.Place(level), 2, Colors.Black, LinePattern.Dashed);
        }

        if (panel.Diagonal)
        {
            ScottPlot.Plottables.Scatter diagonal = plot.Add.ScatterLine(new double[] { 0, 1 }, new double[] { 0, 1 });
            diagonal.Color = Colors.Black;
            diagonal.LineWidth = 2;
            diagonal.LinePattern = LinePattern.Dashed;
        }

        SetLimits(plot, panel);
        if (panel.Lines.Count > 1)
        {
            FigureStyle.ShowLegend(plot);
        }

        return plot;
    }

    private static void Add(Plot plot, LinePanel panel, Line line)
    {
        LinePoint[] shown = [.. line.Points.Where(point => panel.X.Shows(point.X) && panel.Y.Shows(point.Y))];
        double[] xs = [.. shown.Select(point => panel.X.Place(point.X))];
        double[] ys = [.. shown.Select(point => panel.Y.Place(point.Y))];
        ScottPlot.Plottables.Scatter drawn = plot.Add.ScatterLine(xs, ys);
        drawn.Color = Palette.ColourOf(line.Style);
        drawn.LineWidth = FigureStyle.LineWidth;
        drawn.LinePattern = Palette.PatternOf(line.Style);
        drawn.LegendText = panel.Lines.Count > 1 ? line.Name : "";
        int step = (shown.Length + MostMarkers - 1) / MostMarkers;
        if (shown.Length <= MostMarkers)
        {
            drawn.MarkerShape = Palette.MarkerOf(line.Style);
            drawn.MarkerSize = FigureStyle.MarkerSize;
        }
        else
        {
            Coordinates[] marked =
            [
                .. Enumerable
                    .Range(0, shown.Length)
                    .Where(i => i % step == 0)
                    .Select(i => new Coordinates(xs[i], ys[i])),
            ];
            plot.Add.Markers(marked, Palette.MarkerOf(line.Style), FigureStyle.MarkerSize, drawn.Color);
        }

        if (shown.Any(point => point.Spread > 0))
        {
            double[] spread = [.. shown.Select(point => point.Spread)];
            ScottPlot.Plottables.ErrorBar bars = plot.Add.ErrorBar(xs, ys, spread);
            bars.Color = drawn.Color;
            bars.LineWidth = 2;
            bars.CapSize = 8;
        }
    }

    private static void SetLimits(Plot plot, LinePanel panel)
    {
        plot.Axes.AutoScale();
        AxisLimits found = plot.Axes.GetLimits();
        double bottom = panel.Y.Min is { } min ? panel.Y.Place(min) : found.Bottom;
        double top = panel.Y.Max is { } max ? panel.Y.Place(max) : found.Top;
        double left = panel.X.Min is { } least ? panel.X.Place(least) : found.Left;
        double right = panel.X.Max is { } most ? panel.X.Place(most) : found.Right;

        // A line along the edge stays visible as a whole.
        double margin = (top - bottom) * 0.02;
        plot.Axes.SetLimits(left, right, bottom - margin, top + margin);
        if (panel.X.Logarithmic)
        {
            plot.Axes.Bottom.TickGenerator = FigureStyle.LogarithmicTicks(left, right);
        }

        if (panel.Y.Logarithmic)
        {
            plot.Axes.Left.TickGenerator = FigureStyle.LogarithmicTicks(bottom, top);
        }
    }
}
