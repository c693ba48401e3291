using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>Draws features in the plane: circles for training images, crosses for test images, coloured by class.</summary>
internal static class PointPlot
{
    private const float Size = 9;

    internal static Plot Draw(PointPanel panel)
    {
        Plot plot = FigureStyle.Create(panel.Title, "o training, x test", "");
        foreach (PointGroup group in panel.Groups)
        {
            bool named = Add(plot, group.Training, MarkerShape.OpenCircle, group.Style, group.Name);
            Add(plot, group.Test, MarkerShape.Eks, group.Style, named ? "" : group.Name);
        }

        plot.Axes.SquareUnits();
        plot.HideGrid();
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator(); // Distances have no unit.
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        FigureStyle.ShowLegend(plot);
        return plot;
    }

    private static bool Add(
        Plot plot,
        IReadOnlyList<(double X, double Y)> points,
        MarkerShape shape,
        int style,
        string name
    )
    {
        if (points.Count == 0)
        {
            return false;
        }

        ScottPlot.Plottables.Markers markers = plot.Add.Markers(
            points.Select(point => new Coordinates(point.X, point.Y)).ToArray(),
            shape,
            Size,
            Palette.ColourOf(style)
        );
        markers.MarkerStyle.LineWidth = 2;
        markers.LegendText = name;
        return true;
    }
}
