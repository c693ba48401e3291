using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Draws features in the plane as SVG: circles for training images, crosses for test images.</summary>
internal static class SvgPoints
{
    private const double LargestHeight = 520;

    internal static void Draw(SvgDrawing drawing, PointPanel panel)
    {
        drawing.Legend(panel.Groups.Select(group => (group.Name, group.Style, LegendSymbol.Ring)));
        (double X, double Y)[] all = [.. panel.Groups.SelectMany(group => group.Training.Concat(group.Test))];
        if (all.Length == 0)
        {
            return;
        }

        double top = drawing.Bottom + 8;
        double left = all.Min(point => point.X);
        double low = all.Min(point => point.Y);
        double width = Math.Max(all.Max(point => point.X) - left, 1e-9);
        double height = Math.Max(all.Max(point => point.Y) - low, 1e-9);

        // One unit is as long from left to right as from bottom to top: distances are what such a map is about.
        double unit = Math.Min((drawing.Width - 16) / width, LargestHeight / height);
        double X((double X, double Y) point) => 8 + ((point.X - left) * unit);
        double Y((double X, double Y) point) => top + ((height - (point.Y - low)) * unit);
        foreach (PointGroup group in panel.Groups)
        {
            foreach ((double X, double Y) point in group.Training)
            {
                drawing.Ring(X(point), Y(point), group.Style, $"{group.Name}, training");
            }

            foreach ((double X, double Y) point in group.Test)
            {
                drawing.Cross(X(point), Y(point), group.Style, $"{group.Name}, test");
            }
        }

        drawing.Bottom = top + (height * unit) + 8;
    }
}
