using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Data.Features;

/// <summary>Images in the size that a frozen network takes.</summary>
internal static class FeaturePixels
{
    /// <summary>Reads images; where theirs is another size, they are resized, bilinear, with smoothing where they get smaller.</summary>
    /// <param name="images">The images.</param>
    /// <param name="positions">Which ones.</param>
    /// <param name="size">Height and width, in pixels.</param>
    /// <returns>[N, 3, size, size].</returns>
    internal static byte[] Read(IImageSource images, ReadOnlySpan<int> positions, int size)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor pixels = images.Read(positions);
        if (images.Height != size || images.Width != size)
        {
            pixels = nn
                .functional.interpolate(
                    pixels.to(ScalarType.Float32),
                    [size, size],
                    mode: InterpolationMode.Bilinear,
                    align_corners: false,
                    antialias: size < images.Height || size < images.Width
                )
                .round()
                .clamp(0, 255)
                .to(ScalarType.Byte);
        }

        return pixels.bytes.ToArray();
    }
}
