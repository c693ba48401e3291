using ScottPlot;
using SkiaSharp;

namespace Counterpoise.Report.Charts;

/// <summary>Figures drawn with ScottPlot, for print.</summary>
internal static class PlottedFigure
{
    private const int TitleHeight = 56;
    private const float TitleSize = 28;

    internal static byte[] Png(PanelGrid grid)
    {
        Panel[][] rows = [.. grid.Panels.Chunk(grid.Columns)];
        int height = TitleHeight + rows.Sum(row => row.Max(panel => panel.Height));
        using var surface = SKSurface.Create(new SKImageInfo(grid.Columns * grid.PanelWidth, height));
        Draw(grid, rows, surface.Canvas);
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

    private static void Draw(PanelGrid grid, Panel[][] rows, SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        DrawTitle(grid, canvas);
        float top = TitleHeight;
        foreach (Panel[] row in rows)
        {
            int height = row.Max(panel => panel.Height);
            for (int column = 0; column < row.Length; column++)
            {
                float left = column * grid.PanelWidth;
                canvas.Save();
                canvas.ClipRect(new SKRect(left, top, left + grid.PanelWidth, top + height)); // A plot clears all that it can reach.
                Plot(row[column]).Render(canvas, new PixelRect(left, left + grid.PanelWidth, top + height, top));
                canvas.Restore();
            }

            top += height;
        }
    }

    private static void DrawTitle(PanelGrid grid, SKCanvas canvas)
    {
        using var typeface = SKTypeface.FromFamilyName(FigureStyle.Font, SKFontStyle.Bold);
        using var font = new SKFont(typeface, TitleSize);
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.DrawText(
            grid.Title,
            grid.Columns * grid.PanelWidth / 2f,
            TitleHeight * 0.7f,
            SKTextAlign.Center,
            font,
            paint
        );
    }
}
