using System.Buffers.Binary;
using Counterpoise.Data;
using Counterpoise.Data.Decoding;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;
using CsCheck;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>EXIF's orientation wherever it stands and however it is written.</summary>
public sealed class OrientationTests : IDisposable
{
    private static readonly int[][] Upright =
    [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 1, 3],
        [2, 0, 3, 1],
        [3, 1, 2, 0],
        [1, 3, 0, 2],
    ];

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("a.png", false)]
    [InlineData("a.png", true)]
    [InlineData("a.jpg", false)]
    [InlineData("a.webp", false)]
    public void It_is_applied(string name, bool isAfter)
    {
        for (int i = 0; i < 32; i++)
        {
            (byte orientation, bool isLong, bool isLittle) = ((byte)(1 + (i % 8)), i >= 16, i % 16 >= 8);
            string path = temp.At(name);
            TestFiles.Write(path, 48, 32, (x, y) => Gray(60 * ((x / 24) + (2 * (y / 16)))));
            Add(path, TestFiles.Exif(orientation, isLong, isLittle), isAfter);
            Assert.Equal(Upright[orientation - 1], Quadrants(path, DecodingRules.Newest));
        }
    }

    [Fact]
    public void A_deep_PNG_has_it_too()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (2, 1, 16, 0),
            [
                [0, 0, 1, 0],
            ]
        );
        TestFiles.AddChunk(path, "eXIf", TestFiles.Exif(2, isLong: false, isLittle: false));
        var image = new PixelBuffer();
        var reading = new ImageReading(new ImageGeometry(1, 1, ResizeRule.ShorterSide)) { Range = PixelRange.File };
        Assert.Null(ImageDecoder.Decode(path, reading, image, out _));
        Assert.Equal([255, 0], image.Planes[..2].ToArray());
    }

    [Fact]
    public void The_first_rules_know_it_in_JPEG_and_as_a_short_number_alone()
    {
        string png = temp.At("a.png");
        TestFiles.Write(png, 48, 32, (x, y) => Gray(60 * ((x / 24) + (2 * (y / 16)))));
        Add(png, TestFiles.Exif(6, isLong: false, isLittle: true), isAfter: false);
        Assert.Equal(Upright[0], Quadrants(png, DecodingRules.First));
        foreach (bool isLong in new[] { false, true })
        {
            string jpg = temp.At("a.jpg");
            TestFiles.Write(jpg, 48, 32, (x, y) => Gray(60 * ((x / 24) + (2 * (y / 16)))));
            Add(jpg, TestFiles.Exif(6, isLong, isLittle: true), isAfter: false);
            Assert.Equal(Upright[isLong ? 0 : 5], Quadrants(jpg, DecodingRules.First));
        }
    }

    [Fact]
    public void Garbage_is_upright_or_turned_and_never_an_error() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 7], Gen.UInt, Gen.UInt)
            .Sample(
                (garbage, kind, offset, count) =>
                {
                    byte[] numbers = new byte[8];
                    BinaryPrimitives.WriteUInt32LittleEndian(numbers, kind < 4 ? offset % 64 : offset);
                    BinaryPrimitives.WriteUInt32LittleEndian(numbers.AsSpan(4), count);
                    byte[] exif = (kind % 4) switch
                    {
                        0 => garbage,
                        1 => [.. "II*\0"u8, .. numbers, .. garbage],
                        2 => [.. "MM\0*"u8, .. numbers, .. garbage],
                        _ => [.. "II+\0"u8, 8, 0, 0, 0, .. numbers, .. garbage],
                    };
                    Assert.InRange(ExifOrientation.OfTiff(exif), 1, 8);
                    _ = new TiffDirectory(exif).IsPlausible;
                    byte[] length = [.. numbers.Reverse()];
                    Assert.InRange(ExifOrientation.Of([0xFF, 0xD8, 0xFF, 0xE1, .. numbers, .. exif]), 1, 8);
                    Assert.InRange(ExifOrientation.Of([0xFF, 0xD8, 0xFF, 0xE1, 0, 60, .. "Exif\0\0"u8, .. exif]), 1, 8);
                    Assert.InRange(
                        ExifOrientation.Of([0x89, .. "PNG"u8, 13, 10, 26, 10, .. length[..4], .. "eXIf"u8, .. exif]),
                        1,
                        8
                    );
                    Assert.InRange(
                        ExifOrientation.Of([.. "RIFF"u8, .. numbers[..4], .. "WEBPEXIF"u8, .. numbers[4..], .. exif]),
                        1,
                        8
                    );
                },
                iter: 20_000
            );

    private static void Add(string path, byte[] exif, bool isAfter)
    {
        if (path.EndsWith(".png", StringComparison.Ordinal))
        {
            TestFiles.AddChunk(path, "eXIf", exif, isAfter);
            return;
        }

        byte[] file = File.ReadAllBytes(path);
        if (path.EndsWith(".jpg", StringComparison.Ordinal))
        {
            byte[] header = [0xFF, 0xE1, 0, (byte)(2 + 6 + exif.Length), .. "Exif\0\0"u8];
            File.WriteAllBytes(path, [.. file[..2], .. header, .. exif, .. file[2..]]);
            return;
        }

        // WebP of a single picture becomes WebP of several parts: a header of the size before, EXIF after.
        byte[] size = [47, 0, 0, 31, 0, 0];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, exif.Length);
        byte[] body =
        [
            .. "WEBPVP8X"u8,
            10,
            0,
            0,
            0,
            8,
            0,
            0,
            0,
            .. size,
            .. file[12..],
            .. "EXIF"u8,
            .. length,
            .. exif,
        ];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        File.WriteAllBytes(path, [.. "RIFF"u8, .. length, .. body]);
    }

    private static int[] Quadrants(string path, int rules)
    {
        var image = new PixelBuffer();
        var reading = new ImageReading(new ImageGeometry(8, 8, ResizeRule.Square)) { Rules = rules };
        Assert.Null(ImageDecoder.Decode(path, reading, image, out _));
        return [.. new[] { 9, 14, 49, 54 }.Select(at => (int)Math.Round(image.Planes[at] / 60.0))];
    }

    private static SKColor Gray(int value) => new((byte)value, (byte)value, (byte)value);
}
