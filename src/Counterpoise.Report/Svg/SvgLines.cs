using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Draws lines as SVG.</summary>
internal static class SvgLines
{
    private const int Left = 52;
    private const int PlotHeight = 240;
    private const int LargestSquare = 420;

    // More marks a line than this would make a page large, and could not be told apart.
    private const int MostMarks = 60;

    internal static void Draw(SvgDrawing drawing, LinePanel panel)
    {
        if (panel.Lines.Count > 1)
        {
            drawing.Legend(panel.Lines.Select(line => (line.Name, line.Style, LegendSymbol.Line)));
        }

        double top = drawing.Bottom + 30;
        double right = drawing.Width - 12;
        double bottom = top + PlotHeight;
        if (panel.Diagonal)
        {
            right = Math.Min(right, Left + LargestSquare);
            bottom = top + right - Left;
        }

        LinePoint[] all = [.. panel.Lines.SelectMany(line => line.Points)];
        var x = new Scale(panel.X, all.Select(point => point.X), Left, right);
        var y = new Scale(panel.Y, all.SelectMany(p => new[] { p.Y - p.Spread, p.Y + p.Spread }), bottom, top);
        DrawAxes(drawing, panel, x, y, (top, bottom, right));
        if (panel.Level is { } level)
        {
            drawing.Line(Left, y[level], right, y[level], "level");
        }

        if (panel.Diagonal)
        {
            drawing.Line(x[0], y[0], x[1], y[1], "level");
        }

        foreach (Line line in panel.Lines)
        {
            Draw(drawing, panel, line, x, y);
        }

        drawing.Bottom = bottom + 38;
    }

    private static void DrawAxes(
        SvgDrawing drawing,
        LinePanel panel,
        Scale x,
        Scale y,
        (double Top, double Bottom, double Right) frame
    )
    {
        drawing.Text(0, frame.Top - 14, panel.Y.Label.ReplaceLineEndings(" "), css: "axis-name");
        foreach ((double at, string text) in y.Ticks(5))
        {
            drawing.Line(Left, at, frame.Right, at, "grid");
            drawing.Text(Left - 6, at + 4, text, "end");
        }

        foreach ((double at, string text) in x.Ticks(drawing.Width / 80))
        {
            drawing.Line(at, frame.Bottom, at, frame.Bottom + 4, "axis");
            drawing.Text(at, frame.Bottom + 18, text, "middle");
        }

        drawing.Line(Left, frame.Bottom, frame.Right, frame.Bottom, "axis");
        drawing.Text((Left + frame.Right) / 2, frame.Bottom + 34, panel.X.Label, "middle", "axis-name");
    }

    private static void Draw(SvgDrawing drawing, LinePanel panel, Line line, Scale x, Scale y)
    {
        LinePoint[] shown = [.. line.Points.Where(point => panel.X.Shows(point.X) && panel.Y.Shows(point.Y))];
        drawing.Curve([.. shown.Select(point => (x[point.X], y[point.Y]))], line.Style);
        int step = (shown.Length + MostMarks - 1) / MostMarks;
        foreach (LinePoint point in shown.Where((_, i) => i % step == 0 || i == shown.Length - 1))
        {
            string spread = point.Spread > 0 ? $" ± {point.Spread:G3}" : "";
            string note = point.Note.Length > 0 ? $", {point.Note}" : "";
            if (point.Spread > 0)
            {
                int colour = line.Style % Palette.Colours.Count;
                drawing.Line(
                    x[point.X],
                    y[point.Y - point.Spread],
                    x[point.X],
                    y[point.Y + point.Spread],
                    $"error l{colour}"
                );
            }

            string name = panel.X.Label.Replace(" (log)", "", StringComparison.Ordinal);
            drawing.Dot(
                x[point.X],
                y[point.Y],
                line.Style,
                $"{line.Name}: {point.Y:0.####}{spread} ({name} {point.X:0.####}{note})"
            );
        }
    }
}
