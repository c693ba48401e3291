using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Decoding;

/// <summary>A decoded image of 16 bits a value.</summary>
/// <param name="size">Its size.</param>
internal sealed class DeepPixels(PixelSize size)
{
    private const int Channels = 4;

    /// <summary>The size.</summary>
    internal PixelSize Size => size;

    /// <summary>Rows of pixels of four values: red, green, blue, and how opaque the pixel is.</summary>
    internal ushort[] Values { get; } = new ushort[checked(Channels * size.Width * size.Height)];

    /// <summary>Scales to 8 bits.</summary>
    /// <param name="byOwnRange">Whether the smallest colour value of the pixels that are not clear becomes 0 and the largest 255, or 65535 does.</param>
    /// <param name="rgba">As many bytes as there are values, written: colours are multiplied by opacity.</param>
    internal void Scale(bool byOwnRange, Span<byte> rgba)
    {
        (ushort least, ushort most) = byOwnRange ? Range() : (ushort.MinValue, ushort.MaxValue);
        int range = most - least;
        for (int i = 0; i < Values.Length; i += Channels)
        {
            ulong opacity = Values[i + 3];
            ulong whole = (ulong)range * ushort.MaxValue;
            for (int channel = 0; channel < 3; channel++)
            {
                ulong value = (ulong)Math.Clamp(Values[i + channel] - least, 0, range) * opacity;
                rgba[i + channel] = (byte)(((value * byte.MaxValue) + (whole / 2)) / whole);
            }

            rgba[i + 3] = (byte)(((opacity * byte.MaxValue) + (ushort.MaxValue / 2)) / ushort.MaxValue);
        }
    }

    /// <summary>The whole range where all values are equal: such an image stays as it is.</summary>
    private (ushort Least, ushort Most) Range()
    {
        ushort least = ushort.MaxValue;
        ushort most = ushort.MinValue;
        for (int i = 0; i < Values.Length; i += Channels)
        {
            for (int channel = 0; channel < 3 && Values[i + 3] > 0; channel++)
            {
                least = Math.Min(least, Values[i + channel]);
                most = Math.Max(most, Values[i + channel]);
            }
        }

        return least < most ? (least, most) : (ushort.MinValue, ushort.MaxValue);
    }
}
