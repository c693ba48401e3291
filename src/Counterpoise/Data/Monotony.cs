using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Finds images in which there is nothing to see.</summary>
internal static class Monotony
{
    // Values of 12 bits in a file of 16.
    private const int NarrowSpan = 16;

    /// <summary>Whether an image is flat, or of 16 bits and narrow.</summary>
    internal static ImageTraits Of(PixelBuffer image, ImageTraits traits)
    {
        int most = 0;
        int area = image.Size.Width * image.Size.Height;
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<byte> plane = image.Planes.Slice(channel * area, area);
            bool isFlat = plane.IndexOfAnyExcept(plane[0]) < 0;
            if (!isFlat && !traits.HasFlag(ImageTraits.Deep))
            {
                return ImageTraits.None;
            }

            most = isFlat ? most : Math.Max(most, Span(plane));
        }

        return most == 0 ? ImageTraits.Flat
            : most <= NarrowSpan ? ImageTraits.Narrow
            : ImageTraits.None;
    }

    private static int Span(ReadOnlySpan<byte> values)
    {
        (byte least, byte most) = (byte.MaxValue, byte.MinValue);
        foreach (byte value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        return most - least;
    }
}
