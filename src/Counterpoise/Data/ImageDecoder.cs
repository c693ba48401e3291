using System.Buffers;
using Counterpoise.Basics;
using Counterpoise.Data.Pixels;
using Microsoft.Win32.SafeHandles;
using SkiaSharp;

namespace Counterpoise.Data;

/// <summary>Turns one image file into planes of the size that is cropped from, or says why it cannot.</summary>
internal static class ImageDecoder
{
    /// <summary>Image files with more pixels than this are refused from their header, before any is decoded.</summary>
    internal const long MostPixels = 100_000_000;

    private const long LargePixels = 16_000_000;
    private const int JpegSteps = 8;

    // Large images are decoded one after the other: many at once could exhaust the memory.
    private static readonly Lock Large = new();

    /// <summary>
    /// Decodes a file to RGB, turns it upright by its EXIF orientation and resizes it. Gray is repeated, transparency
    /// is laid over black, embedded colour profiles are not applied.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="geometry">The size to resize to.</param>
    /// <param name="result">Gets the upright, resized image; undefined where a reason is returned.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    /// <returns>Null, or the reason why the file is unreadable.</returns>
    public static string? Decode(string path, ImageGeometry geometry, PixelBuffer result, out PixelSize original)
    {
        original = default;
        byte[] content = [];
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            if (RandomAccess.GetLength(file) > Array.MaxLength)
            {
                return "the file has more than 2 GB, which is no image to train on";
            }

            int length = (int)RandomAccess.GetLength(file);
            content = ArrayPool<byte>.Shared.Rent(length);
            return Decode(content.AsSpan(0, Read(file, content.AsSpan(0, length))), geometry, result, out original);
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            return error.Message;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <returns>The number of bytes that were there.</returns>
    private static int Read(SafeFileHandle file, Span<byte> content)
    {
        int done = 0;
        while (RandomAccess.Read(file, content[done..], done) is > 0 and var read)
        {
            done += read;
        }

        return done;
    }

    /// <inheritdoc cref="Decode(string, ImageGeometry, PixelBuffer, out PixelSize)"/>
    /// <param name="content">The file's bytes.</param>
    /// <param name="geometry">The size to resize to.</param>
    /// <param name="result">Gets the upright, resized image; undefined where a reason is returned.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    /// <param name="mostPixels">The most pixels that the file may have.</param>
    public static unsafe string? Decode(
        ReadOnlySpan<byte> content,
        ImageGeometry geometry,
        PixelBuffer result,
        out PixelSize original,
        long mostPixels = ImageDecoder.MostPixels
    )
    {
        original = default;
        if (content.Length == 0)
        {
            return "the file is empty";
        }

        fixed (byte* bytes = content)
        {
            using SKData data = SKData.Create((nint)bytes, content.Length);
            using SKMemoryStream stream = new(data);
            using SKCodec? codec = SKCodec.Create(stream, out SKCodecResult created);
            return codec is null ? Reason(created) : Decode(codec, geometry, result, out original, mostPixels);
        }
    }

    private static string? Decode(
        SKCodec codec,
        ImageGeometry geometry,
        PixelBuffer result,
        out PixelSize original,
        long mostPixels
    )
    {
        SKImageInfo stored = codec.Info;
        bool turned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        original = turned ? new(stored.Height, stored.Width) : new(stored.Width, stored.Height);
        if ((long)stored.Width * stored.Height > mostPixels)
        {
            return $"the image is {original}, more than {mostPixels / 1e6:0.######} megapixels";
        }

        PixelSize upright = geometry.Stored(original);
        PixelSize target = turned ? new(upright.Height, upright.Width) : upright;
        SKSizeI decoded = DecodedSize(codec, target);
        if ((long)decoded.Width * decoded.Height <= LargePixels)
        {
            return Decode(codec, decoded, target, result);
        }

        lock (Large)
        {
            return Decode(codec, decoded, target, result);
        }
    }

    private static unsafe string? Decode(SKCodec codec, SKSizeI decoded, PixelSize target, PixelBuffer result)
    {
        // Premultiplied colours are those of the image laid over black. Without a colour space nothing is converted.
        SKImageInfo info = new(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        byte[] pixels;
        try
        {
            pixels = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        }
        catch (OutOfMemoryException)
        {
            return $"there is not enough memory for {decoded.Width}x{decoded.Height} pixels";
        }

        try
        {
            fixed (byte* source = pixels)
            {
                SKCodecResult status = codec.GetPixels(info, (nint)source);
                if (status != SKCodecResult.Success)
                {
                    return Reason(status);
                }

                PixelSize size = new(decoded.Width, decoded.Height);
                ImageResize.ToPlanes(source, size, target, result.Begin(target));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }

        ImageOrientation.Apply(codec.EncodedOrigin, result);
        return null;
    }

    /// <summary>JPEG can be decoded at eighths of its size, well filtered: the least that is not below the target.</summary>
    private static SKSizeI DecodedSize(SKCodec codec, PixelSize target)
    {
        SKSizeI full = codec.Info.Size;
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
        {
            return full;
        }

        double wanted = Math.Max((double)target.Width / full.Width, (double)target.Height / full.Height);
        for (int eighths = Math.Max(1, (int)Math.Ceiling(JpegSteps * wanted)); eighths < JpegSteps; eighths++)
        {
            SKSizeI scaled = codec.GetScaledDimensions((float)eighths / JpegSteps);
            if (scaled.Width >= target.Width && scaled.Height >= target.Height)
            {
                return scaled;
            }
        }

        return full;
    }

    private static string Reason(SKCodecResult result) =>
        result switch
        {
            SKCodecResult.IncompleteInput => "the file is truncated",
            SKCodecResult.Unimplemented => "it is no JPEG, PNG, WebP or BMP image",
            _ => "the image data is damaged",
        };
}
