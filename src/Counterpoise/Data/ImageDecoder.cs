using SkiaSharp;

namespace Counterpoise.Data;

/// <summary>Turns one image file into planes of one size, or says why it cannot.</summary>
internal static class ImageDecoder
{
    private const long LargePixels = 16_000_000;

    // Large images are decoded one after the other: many at once could exhaust the memory.
    private static readonly Lock Large = new();

    /// <summary>
    /// Decodes a file to RGB, turns it upright by its EXIF orientation and resizes it. Gray is repeated, transparency
    /// is laid over black, embedded colour profiles are not applied.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <param name="planes">[3, size, size], written; undefined where a reason is returned.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    /// <returns>Null, or the reason why the file is unreadable.</returns>
    public static string? Decode(string path, int size, Span<byte> planes, out PixelSize original)
    {
        original = default;
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }

        if (content.Length == 0)
        {
            return "the file is empty";
        }

        using SKMemoryStream stream = new(content);
        using SKCodec? codec = SKCodec.Create(stream, out SKCodecResult created);
        if (codec is null)
        {
            return Reason(created);
        }

        SKImageInfo stored = codec.Info;
        bool turned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        original = turned ? new(stored.Height, stored.Width) : new(stored.Width, stored.Height);
        if ((long)stored.Width * stored.Height > ImageDataSource.MostPixels)
        {
            return $"the image is {original}, more than {ImageDataSource.MostPixels / 1_000_000} megapixels";
        }

        SKSizeI decoded = DecodedSize(codec, size);
        if ((long)decoded.Width * decoded.Height <= LargePixels)
        {
            return Decode(codec, decoded, size, planes);
        }

        lock (Large)
        {
            return Decode(codec, decoded, size, planes);
        }
    }

    private static unsafe string? Decode(SKCodec codec, SKSizeI decoded, int size, Span<byte> planes)
    {
        // Premultiplied colours are those of the image laid over black. Without a colour space nothing is converted.
        SKImageInfo info = new(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using SKBitmap bitmap = new();
        if (!bitmap.TryAllocPixels(info))
        {
            return $"there is not enough memory for {decoded.Width}x{decoded.Height} pixels";
        }

        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            return Reason(result);
        }

        ImageResize.ToSquare((byte*)bitmap.GetPixels(), decoded.Width, decoded.Height, size, planes);
        ImageOrientation.Apply(codec.EncodedOrigin, planes, size);
        return null;
    }

    /// <summary>JPEG can be decoded at a fraction of its size, exactly filtered; the rest is left to the resizing.</summary>
    private static SKSizeI DecodedSize(SKCodec codec, int size)
    {
        float wanted = 2f * size / Math.Min(codec.Info.Width, codec.Info.Height);
        return codec.EncodedFormat == SKEncodedImageFormat.Jpeg && wanted < 1
            ? codec.GetScaledDimensions(wanted)
            : codec.Info.Size;
    }

    private static string Reason(SKCodecResult result) =>
        result switch
        {
            SKCodecResult.IncompleteInput => "the file is truncated",
            SKCodecResult.Unimplemented => "it is no JPEG, PNG, WebP or BMP image",
            _ => "the image data is damaged",
        };
}
