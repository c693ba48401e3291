using System.Buffers;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>How an image file becomes what a trained classifier gets: the same for testing, predicting and serving.</summary>
/// <param name="Reading">How the file becomes pixels; the middle is cut out of them.</param>
/// <param name="Normalisation">What pixels are normalised with.</param>
internal sealed record ImagePreparation(ImageReading Reading, Normalisation Normalisation)
{
    /// <summary>
    /// Height and width, in pixels, that images are then resized to, as those of a set with a size of its own are for a
    /// frozen network; null where they stay as they are.
    /// </summary>
    public int? ResizedTo { get; init; }

    /// <summary>Height and width of what the network gets, in pixels.</summary>
    public int Size => ResizedTo ?? Reading.Geometry.Size;

    /// <summary>The number of bytes of a prepared image: 3 Size Size.</summary>
    public int Bytes => 3 * Size * Size;

    /// <summary>Decodes an image file, turns it upright, resizes it and cuts out the middle.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="planes">[3, Size, Size], red, green and blue from 0 to 255, written.</param>
    /// <param name="mostPixels">The most pixels that the file may have: what has more is refused before it is decoded.</param>
    /// <returns>Null, or the reason why the file is unreadable; <paramref name="planes"/> is undefined then.</returns>
    public unsafe string? Read(ReadOnlySpan<byte> file, Span<byte> planes, long mostPixels = ImageDecoder.MostPixels)
    {
        PixelBuffer image = PixelBuffer.OfThisThread;
        if (ImageDecoder.Decode(file, Reading, image, out _, mostPixels) is { } reason)
        {
            return reason;
        }

        Crop(image, planes);
        return null;
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, Span{byte}, long)"/>
    /// <param name="path">The file.</param>
    /// <param name="planes">[3, Size, Size], red, green and blue from 0 to 255, written.</param>
    public string? Read(string path, Span<byte> planes)
    {
        PixelBuffer image = PixelBuffer.OfThisThread;
        if (ImageDecoder.Decode(path, Reading, image, out _) is { } reason)
        {
            return reason;
        }

        Crop(image, planes);
        return null;
    }

    /// <summary>(x / 255 - mean) / std of every channel.</summary>
    /// <param name="planes">[3, Size, Size].</param>
    /// <param name="input">[3, Size, Size], written.</param>
    public void Normalise(ReadOnlySpan<byte> planes, Span<float> input)
    {
        int area = Size * Size;
        for (int channel = 0; channel < 3; channel++)
        {
            float mean = 255 * Normalisation.Mean[channel];
            float scale = 1 / (255 * Normalisation.Std[channel]);
            ReadOnlySpan<byte> from = planes.Slice(channel * area, area);
            Span<float> to = input.Slice(channel * area, area);
            for (int i = 0; i < area; i++)
            {
                to[i] = (from[i] - mean) * scale;
            }
        }
    }

    private unsafe void Crop(PixelBuffer image, Span<byte> planes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, Bytes, nameof(planes));
        var cropped = new PixelSize(Reading.Geometry.Size, Reading.Geometry.Size);
        byte[]? own = ResizedTo is null ? null : ArrayPool<byte>.Shared.Rent(3 * cropped.Width * cropped.Height);
        fixed (byte* from = image.Planes)
        fixed (byte* to = own is null ? planes : own)
        {
            PixelCrop.Copy(from, image.Size, to, cropped, null, 0);
            if (own is not null)
            {
                ImageResize.ToPlanes(to, cropped, new PixelSize(Size, Size), planes);
                ArrayPool<byte>.Shared.Return(own);
            }
        }
    }
}
