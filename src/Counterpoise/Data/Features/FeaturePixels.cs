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
    /// <param name="changes">Random changes, which are made in that size; null for none.</param>
    /// <returns>[N, 3, size, size].</returns>
    internal static unsafe byte[] Read(
        IImageSource images,
        ReadOnlySpan<int> positions,
        int size,
        BatchAugmentation? changes = null
    )
    {
        var own = new PixelSize(images.Width, images.Height);
        var target = new PixelSize(size, size);
        using torch.Tensor read = images.Read(positions, own == target ? changes : null);
        byte[] pixels = read.bytes.ToArray();
        if (own == target)
        {
            return pixels;
        }

        int each = 3 * size * size;
        byte[] whole = new byte[each];
        byte[] resized = new byte[positions.Length * each];
        fixed (
            byte* first = pixels,
                large = whole,
                results = resized
        )
        {
            for (int i = 0; i < positions.Length; i++)
            {
                byte* image = first + ((long)i * 3 * own.Width * own.Height);
                byte* result = results + ((long)i * each);
                if (changes is { Augmentation.LeastArea: > 0 })
                {
                    PixelCrop.Copy(image, own, result, target, changes, i); // A part is resized once.
                    continue;
                }

                ImageResize.ToPlanes(image, own, target, whole);
                PixelCrop.Copy(large, target, result, target, changes, i);
            }
        }

        return resized;
    }
}
