namespace Counterpoise.Data.Augmentations;

/// <summary>Changes of each channel that spread its gray levels, by what is there; the rounding is Pillow's.</summary>
internal static class PixelHistogram
{
    /// <summary>Spreads each channel's values linearly over 0 to 255. A channel of one value stays.</summary>
    /// <param name="image">[3, H, W], changed in place.</param>
    internal static void AutoContrast(Span<byte> image)
    {
        Span<int> counts = stackalloc int[PixelTone.Levels];
        Span<byte> table = stackalloc byte[PixelTone.Levels];
        for (int channel = 0; channel < 3; channel++)
        {
            Span<byte> plane = Plane(image, channel);
            Count(plane, counts);
            int lowest = counts.IndexOfAnyExcept(0);
            int highest = counts.LastIndexOfAnyExcept(0);
            if (highest <= lowest)
            {
                continue;
            }

            double scale = 255.0 / (highest - lowest);
            double offset = -lowest * scale;
            for (int level = 0; level < PixelTone.Levels; level++)
            {
                table[level] = (byte)Math.Clamp((int)((level * scale) + offset), 0, 255);
            }

            PixelTone.Replace(plane, table);
        }
    }

    /// <summary>Spreads each channel's values so that their histogram becomes as flat as it can. A channel of one value stays.</summary>
    /// <param name="image">[3, H, W], changed in place.</param>
    internal static void Equalize(Span<byte> image)
    {
        Span<int> counts = stackalloc int[PixelTone.Levels];
        Span<byte> table = stackalloc byte[PixelTone.Levels];
        for (int channel = 0; channel < 3; channel++)
        {
            Span<byte> plane = Plane(image, channel);
            Count(plane, counts);
            int step = (plane.Length - counts[Math.Max(0, counts.LastIndexOfAnyExcept(0))]) / 255;
            if (step == 0)
            {
                continue; // One value, or too few pixels for a level each.
            }

            int below = step / 2;
            for (int level = 0; level < PixelTone.Levels; level++)
            {
                table[level] = (byte)Math.Min(below / step, 255);
                below += counts[level];
            }

            PixelTone.Replace(plane, table);
        }
    }

    private static Span<byte> Plane(Span<byte> image, int channel) =>
        image.Slice(channel * (image.Length / 3), image.Length / 3);

    private static void Count(ReadOnlySpan<byte> plane, Span<int> counts)
    {
        counts = counts[..PixelTone.Levels];
        counts.Clear();
        foreach (byte value in plane)
        {
            counts[value]++;
        }
    }
}
