using Counterpoise.Runs;
using ScottPlot;
using SkiaSharp;

namespace Counterpoise.Report;

/// <summary>Plots in a grid, which can be written as a PNG or an SVG.</summary>
/// <param name="Columns">Plots beside each other.</param>
/// <param name="Panels">The plots, row by row.</param>
/// <param name="PanelWidth">Width of each, in pixels.</param>
/// <param name="PanelHeight">Height of each, in pixels.</param>
public sealed record Figure(int Columns, IReadOnlyList<Plot> Panels, int PanelWidth = 900, int PanelHeight = 480)
{
    private int Width => Columns * PanelWidth;

    private int Height => (Panels.Count + Columns - 1) / Columns * PanelHeight;

    /// <summary>Writes the figure, whole or not at all.</summary>
    /// <param name="path">The file: .png or .svg.</param>
    /// <exception cref="UsageException">It has another ending.</exception>
    /// <exception cref="CounterpoiseException">It cannot be written.</exception>
    public void Save(string path)
    {
        byte[] content = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => Png(),
            ".SVG" => Svg(),
            _ => throw new UsageException($"{path}: a figure is written as .png or .svg; give one of these endings."),
        };
        AtomicFile.Write(path, stream => stream.Write(content));
    }

    private byte[] Png()
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        Draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private byte[] Svg()
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
        {
            Draw(canvas);
        }

        return stream.ToArray();
    }

    private void Draw(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        for (int i = 0; i < Panels.Count; i++)
        {
            float left = i % Columns * PanelWidth;
            float top = i / Columns * PanelHeight;
            canvas.Save();
            canvas.ClipRect(new SKRect(left, top, left + PanelWidth, top + PanelHeight)); // A plot clears all that it can reach.
            Panels[i].Render(canvas, new PixelRect(left, left + PanelWidth, top + PanelHeight, top));
            canvas.Restore();
        }
    }
}
