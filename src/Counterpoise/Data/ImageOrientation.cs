using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Turns an image upright by the orientation that a camera wrote into its EXIF header.</summary>
internal static class ImageOrientation
{
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
