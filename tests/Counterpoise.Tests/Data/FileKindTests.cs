using System.Text;
using Counterpoise.Data;
using Counterpoise.Data.Decoding;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class FileKindTests
{
    /// <summary>How files begin, in Latin-1, and what a reader is told of them.</summary>
    public static TheoryData<string, string> Starts =>
        new()
        {
            {
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
                "it is a Git LFS pointer, not the image: fetch it with 'git lfs pull'"
            },
            { "\0\0\0\u001Cftypheic\0\0\0\0mif1heic", "it is a HEIC image, which is not read: convert it to JPEG" },
            { "\0\0\0\u001Cftypmif1\0\0\0\0mif1heic", "it is a HEIC image, which is not read: convert it to JPEG" },
            { "\0\0\0\u001Cftypmif1\0\0\0\0mif1avif", "it is an AVIF image, which is not read: convert it to JPEG" },
            { "\0\0\0\u0018ftypisom\0\0\0\0isommp42", "it is a video: save pictures of it as JPEG" },
            {
                "\u00FF\u00D8\u00FF\u00E0\0\u0004\0\0\u00FF\u00C1\0\u000B\u000C\0\u0010\0\u0010",
                "it is a 12-bit JPEG image, which is not read: convert it to 8 bits, or to PNG"
            },
            {
                "\u00FF\u00D8\u00FF\u00C3\0\u000B\u0008\0\u0010\0\u0010",
                "it is a lossless JPEG image, which is not read: convert it to PNG"
            },
            { "\0\0\0\u000CjP  \r\n", "it is a JPEG 2000 image, which is not read: convert it to JPEG" },
            { "\u00FF\u000A\u0012", "it is a JPEG XL image, which is not read: convert it to JPEG" },
            { "8BPS\0\u0001", "it is a Photoshop image, which is not read: convert it to PNG" },
            { "P5\n2 2\n255\n", "it is a Netpbm (PBM, PGM or PPM) image, which is not read: convert it to PNG" },
            { "\0\0\u0001\0\u0001\0", "it is a Windows icon image, which is not read: convert it to PNG" },
            { "<svg xmlns='http://www.w3.org/2000/svg'/>", "it is an SVG image, which is not read: draw it as PNG" },
            { "<?xml version='1.0'?>\n<svg/>", "it is an SVG image, which is not read: draw it as PNG" },
            {
                "<!DOCTYPE html><html><body>404",
                "it is an HTML page, perhaps what a server answered in the image's place: download the image again"
            },
            { "<annotation><object/></annotation>", "it is XML, not an image: remove it" },
            { "{\"error\": 404}", "it is JSON, not an image: remove it" },
            { "not found\n", "it is text, not an image: remove it, or download the image again" },
            { "PK\u0003\u0004\u0014", "it is a zip archive: unpack it" },
            { "\u001F\u008B\u0008", "it is packed by gzip: unpack it" },
            { "%PDF-1.7", "it is a PDF document: save its picture as JPEG or PNG" },
            { "\u0093NUMPY\u0001", "it is a NumPy array: save its pixels as PNG" },
            { new string('\0', 128) + "DICM", "it is a DICOM image, which is not read: convert it to PNG" },
            { new string('\0', 300), "it holds zeros alone: copy or download it again" },
            { "\0\0  " + new string('\u00AA', 128), "it is no JPEG, PNG, WebP, BMP, GIF or TIFF image" },
            { "\u0001\u0002\u0003\u00FE\u00FD\u00FC", "it is no JPEG, PNG, WebP, BMP, GIF or TIFF image" },
        };

    [Theory]
    [MemberData(nameof(Starts))]
    public void What_is_no_image_is_named(string start, string reason)
    {
        byte[] file = Encoding.Latin1.GetBytes(start);
        var reading = new ImageReading(new ImageGeometry(8, 8, ResizeRule.Square));
        Assert.Equal(reason, ImageDecoder.Decode(file, reading, new PixelBuffer(), out _));
    }

    [Fact]
    public void Text_may_be_cut_within_a_character_where_it_is_looked_at()
    {
        string text = new('é', 5000);
        Assert.StartsWith("it is text", FileKind.Of(Encoding.UTF8.GetBytes("x" + text)));
        Assert.StartsWith("it is text", FileKind.Of(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Any_bytes_are_named_or_not() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 5])
            .Sample(
                (bytes, kind) =>
                {
                    byte[] start = kind switch
                    {
                        0 => [0xFF, 0xD8, 0xFF],
                        1 => [0, 0, 0, 16, .. "ftyp"u8],
                        2 => [.. "P6\n"u8],
                        3 => [.. "<"u8],
                        _ => [],
                    };
                    _ = FileKind.Of([.. start, .. bytes]);
                },
                iter: 20_000
            );
}
