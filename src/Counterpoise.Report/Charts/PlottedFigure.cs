using ScottPlot;
using SkiaSharp;

namespace Counterpoise.Report.Charts;

/// <summary>Figures drawn with ScottPlot, for print.</summary>
internal static class PlottedFigure
{
    internal static byte[] Png(Figure figure)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Figure.Width, figure.Height));
        Draw(figure, surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The plot of every panel, top to bottom; the first carries the figure's title.</summary>
    internal static IReadOnlyList<Plot> Plots(Figure figure) =>
        [
            .. figure.Panels.Select(
                (panel, i) =>
                {
                    string title =
                        i > 0 ? panel.Title
                        : panel.Title.Length == 0 ? figure.Title
                        : $"{figure.Title}\n{panel.Title}";
                    return panel switch
                    {
                        LinePanel lines => LinePlot.Draw(lines, title),
                        BarPanel bars => BarPlot.Draw(bars, title),
                        PointPanel points => PointPlot.Draw(points, title),
                        MatrixPanel matrix => MatrixPlot.Draw(matrix, title),
                        _ => throw new ArgumentException($"No plot for {panel.GetType().Name}.", nameof(figure)),
                    };
                }
            ),
        ];

    private static void Draw(Figure figure, SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        float top = 0;
        foreach ((Plot plot, Panel panel) in Plots(figure).Zip(figure.Panels))
        {
            // On a surface of its own: a plot clears all that it is given.
            using var surface = SKSurface.Create(new SKImageInfo(Figure.Width, panel.Height));
            plot.Render(surface.Canvas, new PixelRect(0, Figure.Width, panel.Height, 0));
            using SKImage image = surface.Snapshot();
            canvas.DrawImage(image, 0, top);
            top += panel.Height;
        }
    }
}
