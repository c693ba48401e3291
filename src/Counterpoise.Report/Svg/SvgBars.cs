using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Draws groups of bars, with lines over them, as SVG.</summary>
internal static class SvgBars
{
    private const int Left = 52;
    private const int PlotHeight = 240;

    internal static void Draw(SvgDrawing drawing, BarPanel panel)
    {
        if (panel.Bars.Count + panel.Lines.Count > 1)
        {
            drawing.Legend(
                panel
                    .Bars.Select(s => (s.Name, s.Style, LegendSymbol.Bar))
                    .Concat(panel.Lines.Select(s => (s.Name, s.Style, LegendSymbol.Line)))
            );
        }

        double top = drawing.Bottom + 30;
        double bottom = top + PlotHeight;
        double right = drawing.Width - (panel.LineAxis is null ? 4 : 36);
        double least = panel.Y.Logarithmic ? 1 : 0;
        var y = new Scale(
            panel.Y with
            {
                Min = least,
            },
            panel.Bars.SelectMany(s => s.Values).OfType<double>().Append(least),
            bottom,
            top
        );
        drawing.Text(0, top - 14, panel.Y.Label, css: "axis-name");
        foreach ((double at, string text) in y.Ticks(5))
        {
            drawing.Line(Left, at, right, at, "grid");
            drawing.Text(Left - 6, at + 4, text, "end");
        }

        double group = (right - Left) / panel.Categories.Count;
        double width = group * 0.8 / panel.Bars.Count;
        for (int s = 0; s < panel.Bars.Count; s++)
        {
            for (int c = 0; c < panel.Categories.Count; c++)
            {
                if (panel.Bars[s].Values[c] is { } value && panel.Y.Shows(value))
                {
                    double x = Left + (c * group) + (group * 0.1) + (s * width);
                    drawing.Bar(
                        x,
                        y[value],
                        width * 0.94,
                        bottom - y[value],
                        panel.Bars[s].Style,
                        Tip(panel, c, panel.Bars[s].Name, value)
                    );
                }
            }
        }

        drawing.Line(Left, bottom, right, bottom, "axis");
        if (panel.LineAxis is { } axis)
        {
            DrawLines(drawing, panel, new Scale(axis, [], bottom, top), axis.Label, (top, right, group));
        }

        NameCategories(drawing, panel, bottom, group);
    }

    private static void DrawLines(
        SvgDrawing drawing,
        BarPanel panel,
        Scale y,
        string label,
        (double Top, double Right, double Group) frame
    )
    {
        drawing.Text(drawing.Width, frame.Top - 14, label, "end", "axis-name");
        foreach ((double at, string text) in y.Ticks(5))
        {
            drawing.Text(frame.Right + 6, at + 4, text);
        }

        foreach (Series series in panel.Lines)
        {
            (int Category, double Value)[] points =
            [
                .. series
                    .Values.Select((value, c) => (c, value))
                    .Where(point => point.value is not null)
                    .Select(point => (point.c, point.value!.Value)),
            ];
            double X(int category) => Left + ((category + 0.5) * frame.Group);
            drawing.Curve([.. points.Select(point => (X(point.Category), y[point.Value]))], series.Style);
            foreach ((int category, double value) in points)
            {
                drawing.Dot(X(category), y[value], series.Style, Tip(panel, category, series.Name, value), 3.5);
            }
        }
    }

    /// <summary>Names on end below the bars; as many as there is room for.</summary>
    private static void NameCategories(SvgDrawing drawing, BarPanel panel, double bottom, double group)
    {
        int step = (int)Math.Ceiling((SvgDrawing.FontSize + 2) / group);
        double longest = 0;
        for (int c = 0; c < panel.Categories.Count; c += step)
        {
            Category category = panel.Categories[c];
            string name = FigureStyle.Shorten(category.Name);
            string label = category.Detail.Length == 0 ? name : $"{name} ({category.Detail})";
            longest = Math.Max(longest, SvgDrawing.WidthOf(label));
            drawing.Text(Left + ((c + 0.5) * group) + 4, bottom + 8, label, "end", "", turn: -90);
        }

        drawing.Bottom = bottom + longest + 30;
        drawing.Text((Left + drawing.Width) / 2.0, drawing.Bottom - 4, panel.CategoryLabel, "middle", "axis-name");
    }

    private static string Tip(BarPanel panel, int category, string series, double value)
    {
        Category of = panel.Categories[category];
        string detail = of.Detail.Length == 0 ? "" : $" ({of.Detail})";
        return $"{of.Name}{detail}, {series}: {value:0.###}";
    }
}
