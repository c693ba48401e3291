using ScottPlot;

namespace Counterpoise.Report;

/// <summary>A place in the plane that stands for an image's features.</summary>
/// <param name="X">Left to right.</param>
/// <param name="Y">Bottom to top.</param>
/// <param name="Label">The image's class.</param>
/// <param name="IsTest">Whether it is a test image.</param>
public readonly record struct EmbeddedPoint(double X, double Y, int Label, bool IsTest);

/// <summary>Features in the plane: training images as circles, test images as crosses, a colour for each class.</summary>
internal static class EmbeddingPlot
{
    internal static Plot Draw(NamedRun run, IReadOnlyList<int> labels, IReadOnlyList<EmbeddedPoint> points)
    {
        Plot plot = FigureStyle.Plot($"Features: {run.Name}", "circles: training, crosses: test", "");
        for (int i = 0; i < labels.Count; i++)
        {
            foreach (bool isTest in new[] { false, true })
            {
                EmbeddedPoint[] own = [.. points.Where(point => point.Label == labels[i] && point.IsTest == isTest)];
                if (own.Length == 0)
                {
                    continue;
                }

                var markers = plot.Add.Markers(
                    own.Select(point => point.X).ToArray(),
                    own.Select(point => point.Y).ToArray(),
                    isTest ? MarkerShape.Eks : MarkerShape.OpenCircle,
                    isTest ? 6 : 8,
                    FigureStyle.Colour(i)
                );
                markers.MarkerStyle.LineWidth = 1.5f;
                markers.LegendText = isTest ? "" : run.History.Classes[labels[i]];
            }
        }

        plot.Axes.Bottom.SetTicks([], []); // Distances have no unit.
        plot.Axes.Left.SetTicks([], []);
        plot.HideGrid();
        plot.ShowLegend(Edge.Right);
        return plot;
    }
}
