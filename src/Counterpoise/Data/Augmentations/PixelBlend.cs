using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>
/// Changes of an image that go from a poorer version of it to the image and beyond: factor 0 is the poorer version, 1
/// the image. Products are float and are cut off to whole levels, as Pillow's are.
/// </summary>
internal static class PixelBlend
{
    /// <summary>The poorer version is black.</summary>
    /// <param name="image">[3, H, W], changed in place.</param>
    /// <param name="factor">0 or more.</param>
    internal static void Brightness(Span<byte> image, float factor) => FromLevel(image, 0, factor);

    /// <summary>The poorer version is the mean of the image's luminance, rounded.</summary>
    /// <inheritdoc cref="Brightness"/>
    internal static void Contrast(Span<byte> image, float factor)
    {
        int area = image.Length / 3;
        long sum = 0;
        for (int i = 0; i < area; i++)
        {
            sum += Luminance(image[i], image[area + i], image[(2 * area) + i]);
        }

        FromLevel(image, (int)(((2 * sum) + area) / (2 * area)), factor);
    }

    /// <summary>The poorer version is the image in gray.</summary>
    /// <inheritdoc cref="Brightness"/>
    internal static void Color(Span<byte> image, float factor)
    {
        int area = image.Length / 3;
        Span<byte> red = image[..area];
        Span<byte> green = image.Slice(area, area);
        Span<byte> blue = image.Slice(2 * area, area);
        for (int i = 0; i < red.Length; i++)
        {
            int gray = Luminance(red[i], green[i], blue[i]);
            red[i] = Between(gray, red[i], factor);
            green[i] = Between(gray, green[i], factor);
            blue[i] = Between(gray, blue[i], factor);
        }
    }

    /// <summary>The poorer version is smooth: each pixel counts 5 and its eight neighbours 1. The border stays.</summary>
    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="factor">0 or more.</param>
    internal static void Sharpness(Span<byte> image, PixelSize size, float factor)
    {
        (int width, int height) = (size.Width, size.Height);
        ReadOnlySpan<byte> source = PixelBuffer.Copy(image, size);
        for (int row = 0; row < 3 * height; row++)
        {
            if (row % height == 0 || row % height == height - 1)
            {
                continue;
            }

            ReadOnlySpan<byte> above = source.Slice((row - 1) * width, width);
            ReadOnlySpan<byte> here = source.Slice(row * width, width);
            ReadOnlySpan<byte> below = source.Slice((row + 1) * width, width);
            Span<byte> target = image.Slice(row * width, width);
            int before = above[0] + here[0] + below[0];
            int middle = width > 1 ? above[1] + here[1] + below[1] : 0;
            for (int column = 1; column < width - 1; column++)
            {
                int after = above[column + 1] + here[column + 1] + below[column + 1];
                int sum = before + middle + after + (4 * here[column]);
                target[column] = Between(((2 * sum) + 13) / 26, here[column], factor);
                (before, middle) = (middle, after);
            }
        }
    }

    private static void FromLevel(Span<byte> image, int poorer, float factor)
    {
        Span<byte> table = stackalloc byte[PixelTone.Levels];
        for (int level = 0; level < PixelTone.Levels; level++)
        {
            table[level] = Between(poorer, level, factor);
        }

        PixelTone.Replace(image, table);
    }

    private static byte Between(int poorer, int level, float factor) =>
        (byte)Math.Clamp(poorer + (factor * (level - poorer)), 0f, 255f);

    /// <summary>ITU-R 601-2 in 16 bits after the point.</summary>
    private static int Luminance(int red, int green, int blue) =>
        ((19595 * red) + (38470 * green) + (7471 * blue) + (1 << 15)) >> 16;
}
