using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Html;

/// <summary>Draws features in the plane as SVG: circles for training images, crosses for test images.</summary>
internal static class SvgPoints
{
    internal static void Draw(SvgDrawing drawing, PointPanel panel)
    {
        int[] labels = [.. panel.Points.Select(point => point.Label).Distinct().Order()];
        var styles = labels.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i);
        drawing.Legend(
            labels.Select(label => (FigureStyle.Shorten(panel.Classes[label]), styles[label], LegendSymbol.Ring))
        );
        double top = drawing.Bottom + 8;
        double left = panel.Points.Min(point => point.X);
        double low = panel.Points.Min(point => point.Y);
        double width = Math.Max(panel.Points.Max(point => point.X) - left, 1e-9);
        double height = Math.Max(panel.Points.Max(point => point.Y) - low, 1e-9);

        // One unit is as long from left to right as from bottom to top: distances are what such a map is about.
        double unit = Math.Min((drawing.Width - 16) / width, 520 / height);
        foreach (EmbeddedPoint point in panel.Points)
        {
            double x = 8 + ((point.X - left) * unit);
            double y = top + ((height - (point.Y - low)) * unit);
            string name = panel.Classes[point.Label];
            if (point.IsTest)
            {
                drawing.Cross(x, y, styles[point.Label], $"{name}, test");
            }
            else
            {
                drawing.Ring(x, y, styles[point.Label], $"{name}, training");
            }
        }

        drawing.Bottom = top + (height * unit) + 8;
    }
}
