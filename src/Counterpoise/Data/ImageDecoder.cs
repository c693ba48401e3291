using System.Buffers;
using Counterpoise.Basics;
using Counterpoise.Data.Decoding;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;
using Microsoft.Win32.SafeHandles;

namespace Counterpoise.Data;

/// <summary>Turns one image file into planes of the size that is cropped from, or says why it cannot.</summary>
/// <remarks>What a file is, its content says; its name is never looked at.</remarks>
internal static unsafe class ImageDecoder
{
    /// <summary>Image files with more pixels than this are refused from their header, before any is decoded.</summary>
    internal const long MostPixels = 100_000_000;

    private const long LargePixels = 16_000_000;

    // Large images are decoded one after the other: many at once could exhaust the memory.
    private static readonly Lock Large = new();

    /// <summary>
    /// Decodes a file to RGB, turns it upright by its EXIF orientation and resizes it. Gray is repeated, transparency
    /// is laid over the background, embedded colour profiles are not applied.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">How it is read.</param>
    /// <param name="result">Gets the upright, resized image; undefined where a reason is returned.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    /// <returns>Null, or the reason why the file is unreadable.</returns>
    public static string? Decode(string path, ImageReading reading, PixelBuffer result, out PixelSize original)
    {
        original = default;
        byte[] content = [];
        try
        {
            if (RegularFile.LengthOf(path) == 0)
            {
                return "the file is empty"; // Or a pipe, which would be waited for without end.
            }

            using SafeFileHandle file = File.OpenHandle(path);
            if (RandomAccess.GetLength(file) > Array.MaxLength)
            {
                return "the file has more than 2 GB, which is no image to train on";
            }

            int length = (int)RandomAccess.GetLength(file);
            content = ArrayPool<byte>.Shared.Rent(length);
            return Decode(content.AsSpan(0, Read(file, content.AsSpan(0, length))), reading, result, out original);
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

    /// <summary>The upright image's size in a file, by its header alone; zeros where it cannot be read.</summary>
    public static PixelSize SizeOf(string path)
    {
        try
        {
            if (RegularFile.LengthOf(path) is not (> 0 and <= int.MaxValue and var length))
            {
                return default;
            }

            using var file = new MappedFile(path);
            var any = new ImageReading(new ImageGeometry(1, 1, ResizeRule.Square));
            _ = Open(file.Address, (int)length, any, MostPixels, out EncodedPicture? opened);
            using EncodedPicture? picture = opened;
            return picture?.UprightSize ?? default;
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            return default;
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

    /// <inheritdoc cref="Decode(string, ImageReading, PixelBuffer, out PixelSize)"/>
    /// <param name="content">The file's bytes.</param>
    /// <param name="reading">How it is read.</param>
    /// <param name="result">Gets the upright, resized image; undefined where a reason is returned.</param>
    /// <param name="original">The upright image's size in the file; zeros where it is unknown.</param>
    /// <param name="mostPixels">The most pixels that the file may have.</param>
    public static string? Decode(
        ReadOnlySpan<byte> content,
        ImageReading reading,
        PixelBuffer result,
        out PixelSize original,
        long mostPixels = MostPixels
    )
    {
        original = default;
        if (content.Length == 0)
        {
            return "the file is empty";
        }

        fixed (byte* bytes = content)
        {
            string? reason = Open(bytes, content.Length, reading, mostPixels, out EncodedPicture? opened);
            using EncodedPicture? picture = opened;
            if (picture is not null)
            {
                original = picture.UprightSize;
                reason = TooLarge(original, mostPixels) ?? Decode(picture, reading, result);
            }

            // A file that is named as an image and is none is damaged, or cut short, as far as decoders can tell.
            return reason is EncodedPicture.Damaged or EncodedPicture.NoImage or EncodedPicture.Truncated
                ? FileKind.Of(content) ?? reason
                : reason;
        }
    }

    private static string? Open(
        byte* content,
        int length,
        ImageReading reading,
        long mostPixels,
        out EncodedPicture? picture
    )
    {
        bool isNew = reading.Rules > DecodingRules.First;
        ReadOnlySpan<byte> file = new(content, length);
        bool byOwnRange = reading.Range == PixelRange.File;
        string? reason = null;
        if (isNew && TiffDirectory.Is(file))
        {
            reason = TiffPicture.Open(
                content,
                length,
                byOwnRange,
                size => TooLarge(size, mostPixels),
                out TiffPicture? tiff
            );
            picture = tiff;
        }
        else if (byOwnRange && DeepPng.Is(file, out PixelSize size))
        {
            picture = new DeepPng(content, length, size);
        }
        else
        {
            reason = SkiaPicture.Open(content, length, isNew, out SkiaPicture? other);
            picture = other;
        }

        return reason;
    }

    private static string? TooLarge(PixelSize size, long mostPixels) =>
        (long)size.Width * size.Height > mostPixels
            ? $"the image is {size}, more than {mostPixels / 1e6:0.######} megapixels"
            : null;

    private static string? Decode(EncodedPicture picture, ImageReading reading, PixelBuffer result)
    {
        (Func<PixelSize, PixelBox> partOf, PixelSize target) = Parts(picture, reading);
        PixelBox used = partOf(picture.Size);
        double scale = Math.Max((double)target.Width / used.Width, (double)target.Height / used.Height);
        PixelSize decoded = picture.DecodedSize(
            scale,
            size => partOf(size) is var part && part.Width >= target.Width && part.Height >= target.Height
        );
        if ((long)decoded.Width * decoded.Height <= LargePixels)
        {
            return Decode(picture, decoded, (partOf(decoded), target), reading, result);
        }

        lock (Large)
        {
            return Decode(picture, decoded, (partOf(decoded), target), reading, result);
        }
    }

    /// <summary>What is used of a picture that is decoded at a size, and the size that it is resized to.</summary>
    private static (Func<PixelSize, PixelBox> PartOf, PixelSize Target) Parts(
        EncodedPicture picture,
        ImageReading reading
    )
    {
        if (reading.Part is { } choose)
        {
            PixelBox part = ImageOrientation.Stored(picture.Orientation, picture.Size, choose(picture.UprightSize));
            return (
                size => part.Scaled(picture.Size, size),
                new PixelSize(reading.Geometry.Size, reading.Geometry.Size)
            );
        }

        PixelSize used = reading.Geometry.Used(picture.Size, reading.Rules);
        return (size => PixelBox.Middle(size, Part(used, picture.Size, size)), reading.Geometry.Stored(used));
    }

    /// <summary>The size of a part of an image that is decoded at another size.</summary>
    private static PixelSize Part(PixelSize part, PixelSize whole, PixelSize decoded) =>
        new(Part(part.Width, whole.Width, decoded.Width), Part(part.Height, whole.Height, decoded.Height));

    private static int Part(int part, int whole, int decoded) =>
        part == whole ? decoded : Math.Max(1, (int)((long)part * decoded / whole));

    private static string? Decode(
        EncodedPicture picture,
        PixelSize decoded,
        (PixelBox Used, PixelSize Target) part,
        ImageReading reading,
        PixelBuffer result
    )
    {
        byte[] pixels = [];
        ImageTraits traits;
        try
        {
            int bytes = 4 * decoded.Width * decoded.Height;
            pixels = ArrayPool<byte>.Shared.Rent(bytes);
            Span<byte> rgba = pixels.AsSpan(0, bytes);
            if (picture.Decode(decoded, rgba, out traits) is { } reason)
            {
                return reason;
            }

            if (traits.HasFlag(ImageTraits.Transparent))
            {
                reading.Background.LayUnder(rgba);
            }

            fixed (byte* source = rgba)
            {
                byte* first = source + (4L * ((part.Used.Top * (long)decoded.Width) + part.Used.Left));
                ImageResize.ToPlanes(first, decoded.Width, part.Used.Size, part.Target, result.Begin(part.Target));
            }
        }
        catch (OutOfMemoryException)
        {
            return $"there is not enough memory for {decoded} pixels";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }

        ImageOrientation.Apply(picture.Orientation, result);
        result.Traits = traits | Monotony.Of(result, traits);
        return null;
    }
}
