using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>Draws features in the plane: circles for training images, crosses for test images, coloured by class.</summary>
internal static class PointPlot
{
    private const float Size = 9;

    internal static Plot Draw(PointPanel panel, string title)
    {
        Plot plot = FigureStyle.Create(title, "", "");
        int[] labels = [.. panel.Points.Select(point => point.Label).Distinct().Order()];
        for (int i = 0; i < labels.Length; i++)
        {
            Coordinates[] Of(bool test) =>
                [
                    .. panel
                        .Points.Where(point => point.Label == labels[i] && point.IsTest == test)
                        .Select(point => new Coordinates(point.X, point.Y)),
                ];
            string name = FigureStyle.Shorten(panel.Classes[labels[i]]);
            Add(plot, Of(test: false), MarkerShape.OpenCircle, i, $"{name}, training");
            Add(plot, Of(test: true), MarkerShape.Eks, i, $"{name}, test");
        }

        plot.Axes.SquareUnits();
        plot.HideGrid();
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        FigureStyle.ShowLegend(plot);
        return plot;
    }

    private static void Add(Plot plot, Coordinates[] points, MarkerShape shape, int style, string name)
    {
        if (points.Length > 0)
        {
            ScottPlot.Plottables.Markers markers = plot.Add.Markers(points, shape, Size, Palette.ColourOf(style));
            markers.MarkerStyle.LineWidth = 2;
            markers.LegendText = name;
        }
    }
}
