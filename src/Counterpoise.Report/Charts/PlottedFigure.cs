using ScottPlot;
using SkiaSharp;

namespace Counterpoise.Report.Charts;

/// <summary>Figures drawn with ScottPlot, for print.</summary>
internal static class PlottedFigure
{
    private const int TitleHeight = 56;
    private const float TitleSize = 28;

    internal static byte[] Png(Figure figure)
    {
        Panel[][] rows = [.. figure.Panels.Chunk(figure.Columns)];
        int height = TitleHeight + rows.Sum(row => row.Max(panel => panel.Height));
        using var surface = SKSurface.Create(new SKImageInfo(figure.Columns * figure.PanelWidth, height));
        Draw(figure, rows, surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    internal static Plot Plot(Panel panel) =>
        panel switch
        {
            LinePanel lines => LinePlot.Draw(lines),
            BarPanel bars => BarPlot.Draw(bars),
            PointPanel points => PointPlot.Draw(points),
            MatrixPanel matrix => MatrixPlot.Draw(matrix),
            _ => throw new ArgumentException($"No plot for {panel.GetType().Name}.", nameof(panel)),
        };

    private static void Draw(Figure figure, Panel[][] rows, SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        DrawTitle(figure, canvas);
        float top = TitleHeight;
        foreach (Panel[] row in rows)
        {
            int height = row.Max(panel => panel.Height);
            for (int column = 0; column < row.Length; column++)
            {
                float left = column * figure.PanelWidth;
                canvas.Save();
                canvas.ClipRect(new SKRect(left, top, left + figure.PanelWidth, top + height)); // A plot clears all that it can reach.
                Plot(row[column]).Render(canvas, new PixelRect(left, left + figure.PanelWidth, top + height, top));
                canvas.Restore();
            }

            top += height;
        }
    }

    private static void DrawTitle(Figure figure, SKCanvas canvas)
    {
        using var typeface = SKTypeface.FromFamilyName(FigureStyle.Font, SKFontStyle.Bold);
        using var font = new SKFont(typeface, TitleSize);
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.DrawText(
            figure.Title,
            figure.Columns * figure.PanelWidth / 2f,
            TitleHeight * 0.7f,
            SKTextAlign.Center,
            font,
            paint
        );
    }
}
