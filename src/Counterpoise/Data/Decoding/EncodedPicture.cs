using System.Runtime.InteropServices;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Decoding;

/// <summary>A picture in a file, its header read and its pixels not yet. The file's bytes stay where they are meanwhile.</summary>
/// <param name="size">The size as it is stored.</param>
/// <param name="orientation">How it is turned upright: EXIF's number, from 1 to 8.</param>
internal abstract class EncodedPicture(PixelSize size, int orientation) : IDisposable
{
    internal const string Truncated = "the file is truncated";
    internal const string Damaged = "the image data is damaged";
    internal const string NoImage = "it is no JPEG, PNG, WebP, BMP, GIF or TIFF image";
    private const int FirstTurned = 5;

    /// <summary>The size as it is stored.</summary>
    internal PixelSize Size => size;

    /// <summary>How it is turned upright: EXIF's number, from 1 to 8.</summary>
    internal int Orientation => orientation;

    /// <summary>The size of the upright picture.</summary>
    internal PixelSize UprightSize => orientation >= FirstTurned ? new(size.Height, size.Width) : size;

    /// <summary>The smallest size that it can be decoded at, well filtered, and that suffices.</summary>
    /// <param name="scale">The size that is wanted, as a part of the stored one.</param>
    /// <param name="suffices">Whether a size of about that scale does.</param>
    internal virtual PixelSize DecodedSize(double scale, Func<PixelSize, bool> suffices) => size;

    /// <summary>Decodes it.</summary>
    /// <param name="decoded">A size that <see cref="DecodedSize"/> gave.</param>
    /// <param name="rgba">Pixels of four bytes: red, green and blue, multiplied by opacity, and opacity; written.</param>
    /// <param name="traits">What is known of it then.</param>
    /// <returns>Null, or the reason why it is unreadable.</returns>
    internal abstract string? Decode(PixelSize decoded, Span<byte> rgba, out ImageTraits traits);

    /// <summary>Whether no pixel lets anything through.</summary>
    private protected static bool IsOpaque(ReadOnlySpan<byte> rgba)
    {
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        uint all = uint.MaxValue;
        foreach (uint pixel in pixels)
        {
            all &= pixel;
        }

        return all >> 24 == byte.MaxValue;
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
