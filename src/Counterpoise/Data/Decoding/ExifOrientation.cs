using System.Buffers.Binary;

namespace Counterpoise.Data.Decoding;

/// <summary>Finds the orientation in the EXIF of a JPEG, PNG or WebP file, wherever it stands and however the number is written.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;
    private const int Upright = 1;

    /// <summary>From 1, upright, to 8; 1 where the file does not say.</summary>
    internal static int Of(ReadOnlySpan<byte> file) =>
        JpegSegments.Is(file) ? OfJpeg(file)
        : PngChunks.Is(file) ? OfPng(file)
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8) ? OfWebP(file)
        : Upright;

    /// <summary>The orientation in bytes that are structured as TIFF.</summary>
    internal static int OfTiff(ReadOnlySpan<byte> exif) =>
        new TiffDirectory(exif)[Tag] is >= Upright and <= 8 and var orientation ? (int)orientation : Upright;

    private static int OfJpeg(ReadOnlySpan<byte> file)
    {
        foreach (JpegSegment segment in new JpegSegments(file))
        {
            if (segment.Marker == JpegSegments.App1 && segment.Content.StartsWith("Exif\0\0"u8))
            {
                return OfTiff(segment.Content["Exif\0\0"u8.Length..]);
            }
        }

        return Upright;
    }

    private static int OfPng(ReadOnlySpan<byte> file)
    {
        foreach (PngChunk chunk in new PngChunks(file))
        {
            if (chunk.Type.SequenceEqual("eXIf"u8))
            {
                // Some writers keep the mark that it has in JPEG.
                bool hasMark = chunk.Content.StartsWith("Exif\0\0"u8);
                return OfTiff(hasMark ? chunk.Content["Exif\0\0"u8.Length..] : chunk.Content);
            }
        }

        return Upright;
    }

    private static int OfWebP(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> rest = file[12..];
        while (rest.Length >= 8)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            ReadOnlySpan<byte> content = rest.Slice(8, (int)Math.Min(length, (uint)rest.Length - 8));
            if (rest.StartsWith("EXIF"u8))
            {
                bool hasMark = content.StartsWith("Exif\0\0"u8);
                return OfTiff(hasMark ? content["Exif\0\0"u8.Length..] : content);
            }

            rest = rest[Math.Min(rest.Length, 8 + content.Length + (content.Length % 2))..];
        }

        return Upright;
    }
}
