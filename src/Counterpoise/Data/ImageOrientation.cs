using Counterpoise.Data.Pixels;
using SkiaSharp;

namespace Counterpoise.Data;

/// <summary>Turns an image upright by the orientation that a camera wrote into its EXIF header.</summary>
internal static class ImageOrientation
{
    /// <summary>Rearranges planes; a quarter turn exchanges height and width.</summary>
    /// <param name="origin">Where the stored image's first row and column are in the upright image.</param>
    /// <param name="image">The image as it is stored, and upright afterwards.</param>
    public static void Apply(SKEncodedOrigin origin, PixelBuffer image)
    {
        if (origin is SKEncodedOrigin.TopLeft)
        {
            return;
        }

        PixelSize stored = image.Size;
        byte[] before = image.Planes.ToArray();
        bool turned = origin >= SKEncodedOrigin.LeftTop;
        PixelSize upright = turned ? new(stored.Height, stored.Width) : stored;
        Span<byte> planes = image.Begin(upright);
        (int lastRow, int lastColumn) = (stored.Height - 1, stored.Width - 1);
        int area = stored.Height * stored.Width;
        for (int i = 0; i < before.Length; i++)
        {
            int inPlane = i % area;
            (int r, int c) = (inPlane / stored.Width, inPlane % stored.Width);
            (int row, int column) = origin switch
            {
                SKEncodedOrigin.TopRight => (r, lastColumn - c),
                SKEncodedOrigin.BottomRight => (lastRow - r, lastColumn - c),
                SKEncodedOrigin.BottomLeft => (lastRow - r, c),
                SKEncodedOrigin.LeftTop => (c, r),
                SKEncodedOrigin.RightTop => (c, lastRow - r),
                SKEncodedOrigin.RightBottom => (lastColumn - c, lastRow - r),
                SKEncodedOrigin.LeftBottom => (lastColumn - c, r),
                _ => (r, c),
            };
            planes[i - inPlane + (row * upright.Width) + column] = before[i];
        }
    }
}
