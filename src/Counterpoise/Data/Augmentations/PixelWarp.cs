using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>
/// Moves an image's pixels by an affine map, nearest pixel, black where there is nothing. Coordinates have 16 bits after
/// the point, as in Pillow, so that the same pixels are nearest.
/// </summary>
internal static class PixelWarp
{
    private const int Point = 16;

    /// <summary>Row y comes from <paramref name="shear"/> * y pixels further right.</summary>
    internal static void ShearX(Span<byte> image, PixelSize size, double shear) =>
        Apply(image, size, (1, shear, 0), (0, 1, 0));

    /// <summary>Column x comes from <paramref name="shear"/> * x pixels further down.</summary>
    internal static void ShearY(Span<byte> image, PixelSize size, double shear) =>
        Apply(image, size, (1, 0, 0), (shear, 1, 0));

    /// <summary>Moves the image to the right and down, by whole pixels.</summary>
    internal static void Translate(Span<byte> image, PixelSize size, int right, int down) =>
        Apply(image, size, (1, 0, -right), (0, 1, -down));

    /// <summary>Turns the image about its middle, counter-clockwise.</summary>
    internal static void Rotate(Span<byte> image, PixelSize size, double degrees)
    {
        (double sine, double cosine) = Math.SinCos(double.DegreesToRadians(degrees));
        (double x, double y) = (size.Width / 2.0, size.Height / 2.0);
        Apply(
            image,
            size,
            (cosine, -sine, x - ((cosine * x) - (sine * y))),
            (sine, cosine, y - ((sine * x) + (cosine * y)))
        );
    }

    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="toX">The source's x is ByX * x + ByY * y + Offset for the target's x and y.</param>
    /// <param name="toY">The same for the source's y.</param>
    private static void Apply(
        Span<byte> image,
        PixelSize size,
        (double ByX, double ByY, double Offset) toX,
        (double ByX, double ByY, double Offset) toY
    )
    {
        (int width, int height) = (size.Width, size.Height);
        int area = width * height;
        ReadOnlySpan<byte> source = PixelBuffer.Copy(image, size);
        (int rightX, int rightY) = (Fixed(toX.ByX), Fixed(toY.ByX));
        (int downX, int downY) = (Fixed(toX.ByY), Fixed(toY.ByY));
        // Coordinates are those of pixels' middles.
        int rowX = Fixed(toX.Offset + (toX.ByX / 2) + (toX.ByY / 2));
        int rowY = Fixed(toY.Offset + (toY.ByX / 2) + (toY.ByY / 2));
        for (int to = 0; to < area; rowX += downX, rowY += downY)
        {
            (int x, int y) = (rowX, rowY);
            for (int end = to + width; to < end; to++, x += rightX, y += rightY)
            {
                (int column, int row) = (x >> Point, y >> Point);
                bool inside = (uint)column < (uint)width && (uint)row < (uint)height;
                int from = (row * width) + column;
                image[to] = inside ? source[from] : (byte)0;
                image[area + to] = inside ? source[area + from] : (byte)0;
                image[(2 * area) + to] = inside ? source[(2 * area) + from] : (byte)0;
            }
        }
    }

    private static int Fixed(double value) => (int)Math.Floor((value * (1 << Point)) + 0.5);
}
