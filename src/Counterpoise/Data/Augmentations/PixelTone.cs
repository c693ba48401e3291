namespace Counterpoise.Data.Augmentations;

/// <summary>Changes of an image that give every gray level another one.</summary>
internal static class PixelTone
{
    /// <summary>The number of gray levels.</summary>
    internal const int Levels = 256;

    /// <summary>255 less every value.</summary>
    internal static void Invert(Span<byte> pixels) => Solarize(pixels, 0);

    /// <summary>Inverts the values that are not below a threshold.</summary>
    internal static void Solarize(Span<byte> pixels, double threshold)
    {
        Span<byte> table = stackalloc byte[Levels];
        for (int level = 0; level < Levels; level++)
        {
            table[level] = (byte)(level < threshold ? level : 255 - level);
        }

        Replace(pixels, table);
    }

    /// <summary>Keeps the highest bits, 0 to 8 of them.</summary>
    internal static void Posterize(Span<byte> pixels, int bits)
    {
        byte mask = (byte)(0xFF << (8 - bits));
        foreach (ref byte value in pixels)
        {
            value &= mask;
        }
    }

    /// <summary>Looks every value up in a table of 256.</summary>
    internal static void Replace(Span<byte> pixels, ReadOnlySpan<byte> table)
    {
        table = table[..Levels]; // Lets the compiler see that no byte is beyond it.
        foreach (ref byte value in pixels)
        {
            value = table[value];
        }
    }
}
