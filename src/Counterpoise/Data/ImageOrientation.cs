using SkiaSharp;

namespace Counterpoise.Data;

/// <summary>Turns an image upright by the orientation that a camera wrote into its EXIF header.</summary>
internal static class ImageOrientation
{
    /// <summary>Rearranges square planes in place.</summary>
    /// <param name="origin">Where the stored image's first row and column are in the upright image.</param>
    /// <param name="planes">[channels, size, size].</param>
    /// <param name="size">Height and width.</param>
    public static void Apply(SKEncodedOrigin origin, Span<byte> planes, int size)
    {
        if (origin is SKEncodedOrigin.TopLeft)
        {
            return;
        }

        byte[] stored = new byte[size * size];
        int last = size - 1;
        for (int start = 0; start < planes.Length; start += stored.Length)
        {
            Span<byte> plane = planes.Slice(start, stored.Length);
            plane.CopyTo(stored);
            for (int i = 0; i < stored.Length; i++)
            {
                (int r, int c) = (i / size, i % size);
                (int row, int column) = origin switch
                {
                    SKEncodedOrigin.TopRight => (r, last - c),
                    SKEncodedOrigin.BottomRight => (last - r, last - c),
                    SKEncodedOrigin.BottomLeft => (last - r, c),
                    SKEncodedOrigin.LeftTop => (c, r),
                    SKEncodedOrigin.RightTop => (last - c, r),
                    SKEncodedOrigin.RightBottom => (last - c, last - r),
                    SKEncodedOrigin.LeftBottom => (c, last - r),
                    _ => (r, c),
                };
                plane[i] = stored[(row * size) + column];
            }
        }
    }
}
