using Counterpoise.Basics;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>
/// Paints one square over an image. Its middle is any pixel, so that part of it may lie outside (DeVries and Taylor,
/// arXiv:1708.04552, 2017).
/// </summary>
internal static class Cutout
{
    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="length">The square's side in pixels, 1 or more.</param>
    /// <param name="colour">What it is painted with.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static void Apply(
        Span<byte> image,
        PixelSize size,
        int length,
        (byte Red, byte Green, byte Blue) colour,
        DrawStream stream
    )
    {
        int top = stream.NextInt(size.Height) - (length / 2);
        int left = stream.NextInt(size.Width) - (length / 2);
        var rows = new Range(Math.Max(0, top), Math.Min(size.Height, top + length));
        var columns = new Range(Math.Max(0, left), Math.Min(size.Width, left + length));
        int area = size.Height * size.Width;
        Paint(image[..area], size, rows, columns, colour.Red);
        Paint(image.Slice(area, area), size, rows, columns, colour.Green);
        Paint(image[(2 * area)..], size, rows, columns, colour.Blue);
    }

    private static void Paint(Span<byte> plane, PixelSize size, Range rows, Range columns, byte value)
    {
        for (int row = rows.Start.Value; row < rows.End.Value; row++)
        {
            plane.Slice(row * size.Width, size.Width)[columns].Fill(value);
        }
    }
}
