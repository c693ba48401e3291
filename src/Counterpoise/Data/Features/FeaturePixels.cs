using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>Images in the size that a frozen network takes.</summary>
internal static class FeaturePixels
{
    /// <summary>Reads images; where theirs is another size, they are resized as predictions resize them.</summary>
    /// <param name="images">The images.</param>
    /// <param name="positions">Which ones.</param>
    /// <param name="size">Height and width, in pixels.</param>
    /// <returns>[N, 3, size, size].</returns>
    internal static unsafe byte[] Read(IImageSource images, ReadOnlySpan<int> positions, int size)
    {
        using torch.Tensor read = images.Read(positions);
        byte[] pixels = read.bytes.ToArray();
        var own = new PixelSize(images.Width, images.Height);
        var target = new PixelSize(size, size);
        if (own == target)
        {
            return pixels;
        }

        int each = 3 * size * size;
        byte[] resized = new byte[positions.Length * each];
        fixed (byte* first = pixels)
        {
            byte* image = first;
            for (int at = 0; at < resized.Length; at += each, image += 3 * own.Width * own.Height)
            {
                ImageResize.ToPlanes(image, own, target, resized.AsSpan(at, each));
            }
        }

        return resized;
    }
}
