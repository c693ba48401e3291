namespace Counterpoise.Data.Pixels;

/// <summary>Room for one decoded image that is used again for the next.</summary>
internal sealed class PixelBuffer
{
    [ThreadStatic]
    private static PixelBuffer? ofThisThread;

    [ThreadStatic]
    private static PixelBuffer? copyOfThisThread;

    private byte[] bytes = [];

    /// <summary>A buffer that only this thread uses.</summary>
    internal static PixelBuffer OfThisThread => ofThisThread ??= new PixelBuffer();

    internal PixelSize Size { get; private set; }

    /// <summary>What else is known of the image in it.</summary>
    internal ImageTraits Traits { get; set; }

    /// <summary>[3, Size.Height, Size.Width].</summary>
    internal Span<byte> Planes => bytes.AsSpan(0, 3 * Size.Height * Size.Width);

    /// <summary>Makes room for an image of a size.</summary>
    internal Span<byte> Begin(PixelSize size)
    {
        Size = size;
        Traits = ImageTraits.None;
        int needed = 3 * size.Height * size.Width;
        bytes = bytes.Length < needed ? new byte[needed] : bytes;
        return Planes;
    }

    /// <summary>A copy of an image, to be read while the image is written; good until this thread copies another.</summary>
    /// <param name="image">[3, size.Height, size.Width].</param>
    /// <param name="size">The image's size.</param>
    internal static ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> image, PixelSize size)
    {
        Span<byte> copy = (copyOfThisThread ??= new PixelBuffer()).Begin(size);
        image.CopyTo(copy);
        return copy;
    }
}
