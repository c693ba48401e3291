using Counterpoise.Basics;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>
/// RandAugment: operations of AutoAugment one after the other, each of them any of 14 with the same probability and all
/// equally strong (Cubuk et al., NeurIPS 2020).
/// </summary>
internal static class RandAugment
{
    /// <summary>The strongest magnitude, where AutoAugment's ranges end.</summary>
    internal const int Strongest = 30;

    /// <summary>The operations; null leaves an image as it is.</summary>
    internal static IReadOnlyList<PixelOperation?> Operations { get; } =
    [
        null,
        PixelOperation.AutoContrast,
        PixelOperation.Equalize,
        PixelOperation.Rotate,
        PixelOperation.Solarize,
        PixelOperation.Color,
        PixelOperation.Posterize,
        PixelOperation.Contrast,
        PixelOperation.Brightness,
        PixelOperation.Sharpness,
        PixelOperation.ShearX,
        PixelOperation.ShearY,
        PixelOperation.TranslateX,
        PixelOperation.TranslateY,
    ];

    /// <summary>One of an image's operations; null leaves it as it is.</summary>
    /// <param name="magnitude">0 to 30.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static PixelChange? Draw(int magnitude, ref DrawStream stream)
    {
        PixelOperation? chosen = Operations[stream.NextInt(Operations.Count)];
        bool negative = stream.NextInt(2) == 0;
        return chosen is { } operation ? At(operation, magnitude, negative) : null;
    }

    /// <summary>An operation of a magnitude.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="magnitude">0 to 30.</param>
    /// <param name="negative">The other direction, for operations that have two.</param>
    internal static PixelChange At(PixelOperation operation, int magnitude, bool negative) =>
        operation == PixelOperation.Solarize
            ? new PixelChange(operation, 255.0 * (Strongest - magnitude) / Strongest) // Without rounding, as whole levels are compared with it.
            : PixelChange.OfShare(operation, (double)magnitude / Strongest, negative);

    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="operations">How many operations.</param>
    /// <param name="magnitude">0 to 30.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static void Apply(Span<byte> image, PixelSize size, int operations, int magnitude, DrawStream stream)
    {
        for (int i = 0; i < operations; i++)
        {
            Draw(magnitude, ref stream)?.Apply(image, size);
        }
    }
}
