using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Turns an image upright by the orientation that a camera wrote into its EXIF header.</summary>
internal static class ImageOrientation
{
    /// <summary>Where a part of the upright image lies in the image as it is stored.</summary>
    /// <param name="orientation">EXIF's number, from 1 to 8.</param>
    /// <param name="stored">The size as it is stored.</param>
    /// <param name="part">The part of the upright image.</param>
    public static PixelBox Stored(int orientation, PixelSize stored, PixelBox part)
    {
        bool turned = orientation >= 5;
        (int left, int top) = turned ? (part.Top, part.Left) : (part.Left, part.Top);
        (int width, int height) = turned ? (part.Height, part.Width) : (part.Width, part.Height);
        bool mirrorsColumns = orientation is 2 or 3 or 7 or 8;
        bool mirrorsRows = orientation is 3 or 4 or 6 or 7;
        return new PixelBox(
            mirrorsColumns ? stored.Width - left - width : left,
            mirrorsRows ? stored.Height - top - height : top,
            width,
            height
        );
    }

    /// <summary>Rearranges planes; a quarter turn exchanges height and width.</summary>
    /// <param name="orientation">EXIF's number, from 1, which changes nothing, to 8.</param>
    /// <param name="image">The image as it is stored, and upright afterwards.</param>
    public static void Apply(int orientation, PixelBuffer image)
    {
        if (orientation == 1)
        {
            return;
        }

        PixelSize stored = image.Size;
        byte[] before = image.Planes.ToArray();
        bool turned = orientation >= 5;
        PixelSize upright = turned ? new(stored.Height, stored.Width) : stored;
        Span<byte> planes = image.Begin(upright);
        (int lastRow, int lastColumn) = (stored.Height - 1, stored.Width - 1);
        int area = stored.Height * stored.Width;
        for (int i = 0; i < before.Length; i++)
        {
            int inPlane = i % area;
            (int r, int c) = (inPlane / stored.Width, inPlane % stored.Width);
            (int row, int column) = orientation switch
            {
                2 => (r, lastColumn - c),
                3 => (lastRow - r, lastColumn - c),
                4 => (lastRow - r, c),
                5 => (c, r),
                6 => (c, lastRow - r),
                7 => (lastColumn - c, lastRow - r),
                8 => (lastColumn - c, r),
                _ => (r, c),
            };
            planes[i - inPlane + (row * upright.Width) + column] = before[i];
        }
    }
}
