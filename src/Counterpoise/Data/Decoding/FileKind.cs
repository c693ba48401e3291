using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Counterpoise.Data.Decoding;

/// <summary>Names what a file is that is no image, or one that is not read, from how it begins.</summary>
internal static class FileKind
{
    private const string Jpeg = "convert it to JPEG";
    private const string Png = "convert it to PNG";
    private const int TextSeen = 4096;

    private static readonly string[] Heic = ["hei", "hev", "mif1", "msf1"];

    private static readonly (byte[] Start, int At, string Kind)[] Known =
    [
        (Bytes("\0\0\0\x0CjP  "), 0, Image("JPEG 2000", Jpeg)),
        ([0xFF, 0x4F, 0xFF, 0x51], 0, Image("JPEG 2000", Jpeg)),
        ([0xFF, 0x0A], 0, Image("JPEG XL", Jpeg)),
        (Bytes("\0\0\0\x0CJXL "), 0, Image("JPEG XL", Jpeg)),
        (Bytes("8BPS"), 0, Image("Photoshop", Png)),
        (Bytes("gimp xcf"), 0, Image("GIMP", Png)),
        (Bytes("qoif"), 0, Image("QOI", Png)),
        (Bytes("DDS "), 0, Image("DDS", Png)),
        ([0x76, 0x2F, 0x31, 0x01], 0, Image("OpenEXR", "scale it to 8 or 16 bits and " + Png)),
        (Bytes("#?RADIANCE"), 0, Image("Radiance HDR", "scale it to 8 or 16 bits and " + Png)),
        (Bytes("FUJIFILM"), 0, Image("camera's raw", Jpeg)),
        ([0, 0, 1, 0], 0, Image("Windows icon", Png)),
        ([0, 0, 2, 0], 0, Image("Windows cursor", Png)),
        (Bytes("DICM"), 128, Image("DICOM", Png)),
        (Bytes("SIMPLE  ="), 0, Image("FITS", Png)),
        (Bytes("n+1\0"), 344, Image("NIfTI", Png)),
        (Bytes("II*\0"), 0, Image("TIFF", Png)),
        (Bytes("MM\0*"), 0, Image("TIFF", Png)),
        (Bytes("%PDF"), 0, Other("a PDF document", "save its picture as JPEG or PNG")),
        (Bytes("%!PS"), 0, Other("a PostScript document", "save its picture as JPEG or PNG")),
        ([0x93, .. Bytes("NUMPY")], 0, Other("a NumPy array", "save its pixels as PNG")),
        ([0x89, .. Bytes("HDF")], 0, Other("an HDF5 file", "save its pixels as PNG")),
        (Bytes("MATLAB 5.0"), 0, Other("a MATLAB file", "save its pixels as PNG")),
        (Bytes("PAR1"), 0, Other("a Parquet file", "give the folder it is in as data")),
        (Bytes("PK\x03\x04"), 0, Other("a zip archive", "unpack it")),
        ([0x1F, 0x8B], 0, Other("packed by gzip", "unpack it")),
        (Bytes("BZh"), 0, Other("packed by bzip2", "unpack it")),
        ([0xFD, .. Bytes("7zXZ\0")], 0, Other("packed by xz", "unpack it")),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, Other("packed by zstd", "unpack it")),
        (Bytes("7z\xBC\xAF"), 0, Other("a 7z archive", "unpack it")),
        (Bytes("Rar!"), 0, Other("a rar archive", "unpack it")),
        (Bytes("ustar"), 257, Other("a tar archive", "unpack it")),
        (Bytes("AVI "), 8, Other("a video", "save pictures of it as JPEG")),
        ([0x1A, 0x45, 0xDF, 0xA3], 0, Other("a video", "save pictures of it as JPEG")),
        ([0, 0, 1, 0xBA], 0, Other("a video", "save pictures of it as JPEG")),
        (Bytes("WAVE"), 8, Other("sound", "remove it")),
        ([0, 5, 0x16, 7], 0, Other("what macOS notes beside a file (AppleDouble)", "remove it")),
        ([0xD0, 0xCF, 0x11, 0xE0], 0, Other("a document or a list of thumbnails of Windows", "remove it")),
        (
            Bytes("version https://git-lfs"),
            0,
            Other("a Git LFS pointer, not the image", "fetch it with 'git lfs pull'")
        ),
    ];

    /// <summary>What the file is and what to do about it; null where it cannot be told, or where it is of a kind that is read.</summary>
    internal static string? Of(ReadOnlySpan<byte> file)
    {
        foreach ((byte[] start, int at, string kind) in Known)
        {
            if (file.Length >= at && file[at..].StartsWith(start))
            {
                return kind;
            }
        }

        bool isRead =
            file.StartsWith("GIF8"u8) || PngChunks.Is(file) || (file.Length >= 12 && file[8..].StartsWith("WEBP"u8));
        return isRead ? null
            : JpegSegments.Is(file) ? OfJpeg(file)
            : file.Length >= 12 && file[4..].StartsWith("ftyp"u8) ? OfBrands(file)
            : IsNetpbm(file) ? Image("Netpbm (PBM, PGM or PPM)", Png)
            : file.IndexOfAnyExcept((byte)0) < 0 ? "it holds zeros alone: copy or download it again"
            : OfText(file);
    }

    /// <summary>JPEG of a kind that hardly any program reads: it does not say so in its name.</summary>
    private static string? OfJpeg(ReadOnlySpan<byte> file)
    {
        const byte firstFrame = 0xC0;
        const byte lossless = 0xC3;
        const byte arithmetic = 0xC9;
        foreach (JpegSegment segment in new JpegSegments(file))
        {
            if (segment.Marker == 0xF7)
            {
                return Image("JPEG-LS", Png);
            }

            bool isFrame = segment.Marker is >= firstFrame and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame && segment.Content is [var bits, ..])
            {
                return segment.Marker is lossless or 0xC7 or 0xCB or 0xCF ? Image("lossless JPEG", Png)
                    : bits != 8 ? Image($"{bits}-bit JPEG", "convert it to 8 bits, or to PNG")
                    : segment.Marker >= arithmetic ? Image("arithmetic-coded JPEG", "save it as usual JPEG")
                    : null;
            }
        }

        return null;
    }

    /// <summary>Files of the family of MP4: the brands say what is inside.</summary>
    private static string OfBrands(ReadOnlySpan<byte> file)
    {
        int length = (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(file), 12, (uint)Math.Min(file.Length, 256));
        string brands = Encoding.Latin1.GetString(file[8..length]);
        return brands.Contains("avif", StringComparison.Ordinal) || brands.Contains("avis", StringComparison.Ordinal)
                ? Image("AVIF", Jpeg)
            : brands.StartsWith("crx", StringComparison.Ordinal) ? Image("camera's raw", Jpeg)
            : Heic.Any(brand => brands.Contains(brand, StringComparison.Ordinal)) ? Image("HEIC", Jpeg)
            : Other("a video", "save pictures of it as JPEG");
    }

    private static bool IsNetpbm(ReadOnlySpan<byte> file) =>
        file is [(byte)'P', (>= (byte)'1' and <= (byte)'7') or (byte)'f' or (byte)'F', var next, ..]
        && next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private static string? OfText(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> start = file[..Math.Min(file.Length, TextSeen)];
        start = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        if (start.ContainsAnyInRange((byte)0, (byte)8) || start.ContainsAnyInRange((byte)14, (byte)26))
        {
            return null;
        }

        if (!IsUtf8(start))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(start).TrimStart().ToUpperInvariant();
        bool isMarkup = text.StartsWith('<');
        return isMarkup && text.Contains("<SVG", StringComparison.Ordinal) ? Image("SVG", "draw it as PNG")
            : isMarkup
            && (
                text.Contains("<HTML", StringComparison.Ordinal)
                || text.Contains("<!DOCTYPE HTML", StringComparison.Ordinal)
            )
                ? "it is an HTML page, perhaps what a server answered in the image's place: download the image again"
            : isMarkup ? "it is XML, not an image: remove it"
            : text.StartsWith('{') || text.StartsWith('[') ? "it is JSON, not an image: remove it"
            : "it is text, not an image: remove it, or download the image again";
    }

    /// <summary>Whether bytes are UTF-8, the last character of which may be cut in two.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> text)
    {
        const int most = 4;
        for (int cut = 0; cut < most && cut <= text.Length; cut++)
        {
            if (Utf8.IsValid(text[..^cut]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Image(string kind, string advice)
    {
        bool hasVowel =
            "AaOo".Contains(kind[0], StringComparison.Ordinal) || kind.StartsWith("SVG", StringComparison.Ordinal);
        return $"it is {(hasVowel ? "an" : "a")} {kind} image, which is not read: {advice}";
    }

    private static string Other(string kind, string advice) => $"it is {kind}: {advice}";

    private static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);
}
