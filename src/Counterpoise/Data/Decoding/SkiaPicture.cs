using Counterpoise.Data.Pixels;
using SkiaSharp;

namespace Counterpoise.Data.Decoding;

/// <summary>A JPEG, PNG, WebP, BMP or GIF picture, decoded by Skia; of a file of several the first.</summary>
internal sealed unsafe class SkiaPicture : EncodedPicture
{
    private const int JpegSteps = 8;
    private readonly SKData data;
    private readonly SKMemoryStream stream;
    private readonly SKCodec codec;
    private readonly bool isDeep;

    private SkiaPicture((SKData Bytes, SKMemoryStream Source, SKCodec Codec) opened, int orientation, bool isDeep)
        : base(new(opened.Codec.Info.Width, opened.Codec.Info.Height), orientation)
    {
        (data, stream, codec) = opened;
        this.isDeep = isDeep;
    }

    /// <summary>Reads the header.</summary>
    /// <param name="content">The file's bytes, which stay where they are for as long as the picture is used.</param>
    /// <param name="length">Their number.</param>
    /// <param name="isStrict">Whether other kinds are refused, and EXIF is looked for where Skia does not.</param>
    /// <param name="picture">The picture; null where it cannot be read.</param>
    /// <returns>Null, or the reason why it cannot be read.</returns>
    internal static string? Open(byte* content, int length, bool isStrict, out SkiaPicture? picture)
    {
        picture = null;
        SKData bytes = SKData.Create((nint)content, length);
        SKMemoryStream source = new(bytes);
        SKCodec? opened = SKCodec.Create(source, out SKCodecResult created);
        if (opened is null || (isStrict && !IsRead(opened.EncodedFormat)))
        {
            opened?.Dispose();
            source.Dispose();
            bytes.Dispose();
            return opened is null ? Reason(created) : NoImage;
        }

        ReadOnlySpan<byte> file = new(content, length);
        bool isTold = opened.EncodedOrigin != SKEncodedOrigin.TopLeft || !isStrict;
        int orientation = isTold ? (int)opened.EncodedOrigin : ExifOrientation.Of(file);
        picture = new SkiaPicture((bytes, source, opened), orientation, DeepPng.Is(file, out _));
        return null;
    }

    /// <summary>JPEG can be decoded at eighths of its size.</summary>
    internal override PixelSize DecodedSize(double scale, Func<PixelSize, bool> suffices)
    {
        bool isJpeg = codec.EncodedFormat == SKEncodedImageFormat.Jpeg;
        int least = Math.Max(1, (int)Math.Ceiling(JpegSteps * scale));
        for (int eighths = least; isJpeg && eighths < JpegSteps; eighths++)
        {
            SKSizeI scaled = codec.GetScaledDimensions((float)eighths / JpegSteps);
            if (suffices(new(scaled.Width, scaled.Height)))
            {
                return new(scaled.Width, scaled.Height);
            }
        }

        return Size;
    }

    internal override string? Decode(PixelSize decoded, Span<byte> rgba, out ImageTraits traits)
    {
        traits = isDeep ? ImageTraits.Deep : ImageTraits.None;

        // Without a colour space nothing is converted.
        SKImageInfo info = new(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        SKCodecResult status;
        fixed (byte* pixels = rgba)
        {
            status = codec.GetPixels(info, (nint)pixels);
        }

        if (status != SKCodecResult.Success)
        {
            return Reason(status);
        }

        traits |= codec.Info.IsOpaque || IsOpaque(rgba) ? ImageTraits.None : ImageTraits.Transparent;
        bool mayHaveMore = codec.EncodedFormat is SKEncodedImageFormat.Gif or SKEncodedImageFormat.Webp;
        traits |= mayHaveMore && codec.FrameCount > 1 ? ImageTraits.Several : ImageTraits.None;
        return null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        codec.Dispose();
        stream.Dispose();
        data.Dispose();
    }

    // Skia also takes zeros for WBMP, and shows previews for raw images.
    private static bool IsRead(SKEncodedImageFormat format) =>
        format
            is SKEncodedImageFormat.Jpeg
                or SKEncodedImageFormat.Png
                or SKEncodedImageFormat.Webp
                or SKEncodedImageFormat.Bmp
                or SKEncodedImageFormat.Gif;

    private static string Reason(SKCodecResult result) =>
        result switch
        {
            SKCodecResult.IncompleteInput => Truncated,
            SKCodecResult.Unimplemented => NoImage,
            _ => Damaged,
        };
}
