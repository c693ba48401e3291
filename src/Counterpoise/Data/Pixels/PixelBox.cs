namespace Counterpoise.Data.Pixels;

/// <summary>A rectangle of an image's pixels.</summary>
/// <param name="Left">Its first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Width">Columns, 1 or more.</param>
/// <param name="Height">Rows, 1 or more.</param>
internal readonly record struct PixelBox(int Left, int Top, int Width, int Height)
{
    internal PixelSize Size => new(Width, Height);

    /// <summary>The middle of an image.</summary>
    /// <param name="image">The image's size.</param>
    /// <param name="part">The size of the part, which is no larger.</param>
    internal static PixelBox Middle(PixelSize image, PixelSize part) =>
        new((image.Width - part.Width) / 2, (image.Height - part.Height) / 2, part.Width, part.Height);

    /// <summary>The same part of an image that has another size, to whole pixels.</summary>
    /// <param name="image">The size that it is a part of.</param>
    /// <param name="other">The other size.</param>
    internal PixelBox Scaled(PixelSize image, PixelSize other)
    {
        (int left, int right) = Scaled(Left, Width, image.Width, other.Width);
        (int top, int bottom) = Scaled(Top, Height, image.Height, other.Height);
        return new PixelBox(left, top, right - left, bottom - top);
    }

    private static (int First, int End) Scaled(int first, int count, int from, int to)
    {
        int start = Math.Min(to - 1, (int)Math.Round((double)first * to / from));
        return (start, Math.Max(start + 1, (int)Math.Round((double)(first + count) * to / from)));
    }
}
