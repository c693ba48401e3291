using SkiaSharp;
using static TorchSharp.torch;

namespace Counterpoise.Data;

/// <summary>Small pictures of images as the network sees them, for people to look at.</summary>
internal static class ExamplePicture
{
    private const int LongestSide = 96;

    /// <summary>An image as a PNG file, made smaller where a side is longer than 96 pixels.</summary>
    /// <param name="images">The images.</param>
    /// <param name="position">Which one.</param>
    internal static byte[] Png(IImageSource images, int position)
    {
        images = images.Pictures;
        using Tensor pixels = images.Read([position]);
        using var bitmap = new SKBitmap(images.Width, images.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] planes = pixels.data<byte>().ToArray();
        Span<byte> target = bitmap.GetPixelSpan();
        int area = images.Width * images.Height;
        for (int i = 0; i < area; i++)
        {
            target[4 * i] = planes[i];
            target[(4 * i) + 1] = planes[area + i];
            target[(4 * i) + 2] = planes[(2 * area) + i];
            target[(4 * i) + 3] = byte.MaxValue;
        }

        double scale = Math.Min(1, (double)LongestSide / Math.Max(images.Width, images.Height));
        var size = new SKSizeI((int)Math.Ceiling(images.Width * scale), (int)Math.Ceiling(images.Height * scale));
        using SKBitmap? smaller =
            scale < 1 ? bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)) : null;
        using SKData data = (smaller ?? bitmap).Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
