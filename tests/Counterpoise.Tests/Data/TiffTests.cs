using BitMiracle.LibTiff.Classic;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class TiffTests
{
    /// <summary>Gray and colours of 8 and 16 bits, with and without opacity, in strips and tiles, in both byte orders.</summary>
    [Fact]
    public void Every_layout_gives_the_pixels_that_were_written() =>
        Gen.Select(Gen.Int[4, 40], Gen.Int[4, 40], Gen.Int[1, 4], Gen.Bool, Gen.Int[1, 50], Gen.Int[0, 63])
            .Sample(
                (width, height, samples, isDeep, block, flags) =>
                {
                    int bits = isDeep ? 16 : 8;
                    bool isTiled = (flags & 4) != 0;
                    bool isWhiteZero = samples < 3 && (flags & 8) != 0;
                    bool hasOpacity = samples is 2 or 4;
                    bool isMultiplied = hasOpacity && !isWhiteZero && (flags & 16) != 0;
                    var file = new TiffFile(width, height, samples, bits)
                    {
                        IsLittle = (flags & 1) != 0,
                        IsSeparate = (flags & 2) != 0,
                        IsTiled = isTiled,
                        Photometric =
                            isWhiteZero ? 0
                            : samples >= 3 ? 2
                            : 1,
                        Block = isTiled ? (block + 15) / 16 * 16 : block,
                        Extra =
                            !hasOpacity ? null
                            : isMultiplied ? 1
                            : 2,
                    };
                    uint most = (1u << bits) - 1;
                    uint Value(int x, int y, int sample)
                    {
                        uint opacity = !hasOpacity ? most : (uint)(1 + (x * 5003) + (y * 401)) % (most + 1);
                        uint colour = (uint)((x * 2731) + (y * 977) + (sample * 20011)) % (most + 1);
                        return hasOpacity && sample == samples - 1 ? opacity
                            : isMultiplied ? (uint)((ulong)colour * opacity / most)
                            : colour;
                    }

                    byte[] planes = Decode(file.Bytes(Value), width, height);
                    for (int i = 0; i < planes.Length; i++)
                    {
                        int channel = i / (width * height);
                        (int x, int y) = (i % width, i / width % height);
                        double colour = Value(x, y, samples < 3 ? 0 : channel);
                        double opacity = hasOpacity ? Value(x, y, samples - 1) / (double)most : 1;
                        if (isMultiplied)
                        {
                            colour = opacity == 0 ? 0 : Math.Min(most, colour / opacity);
                        }

                        colour = isWhiteZero ? most - colour : colour;
                        Assert.InRange(planes[i] - (255.0 * colour / most * opacity), -1.01, 1.01);
                    }
                },
                iter: 300
            );

    [Fact]
    public void Sixteen_bits_are_rounded_to_eight_or_scaled_by_the_files_own_range()
    {
        byte[] file = new TiffFile(4, 1, 1, 16).Bytes((x, _, _) => (uint)(1000 + (x * 1000)));
        Assert.Equal([4, 8, 12, 16], Decode(file, 4, 1)[..4]);
        Assert.Equal([0, 85, 170, 255], Decode(file, 4, 1, PixelRange.File)[..4]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void A_fourth_value_of_no_kind_is_no_opacity(int bits)
    {
        uint unit = bits == 8 ? 1u : 257u;
        byte[] file = new TiffFile(2, 1, 4, bits) { Photometric = 2, Extra = 0 }.Bytes(
            (x, _, sample) => sample == 3 ? (uint)x * unit : (uint)(40 + sample) * unit
        );
        Assert.Equal([40, 40, 41, 41, 42, 42], Decode(file, 2, 1).Select(value => (int)value));
    }

    [Fact]
    public void A_palette_is_looked_up()
    {
        ushort[] palette = new ushort[3 * 256];
        (palette[7], palette[256 + 7], palette[512 + 7]) = (0xFFFF, 0x8080, 0x0101);
        byte[] file = new TiffFile(1, 1, 1, 8) { Photometric = 3, Palette = palette }.Bytes((_, _, _) => 7);
        Assert.Equal([255, 128, 1], Decode(file, 1, 1));
    }

    [Theory]
    [InlineData(1, 0, 1, 2, 3)]
    [InlineData(2, 1, 0, 3, 2)]
    [InlineData(3, 3, 2, 1, 0)]
    [InlineData(4, 2, 3, 0, 1)]
    [InlineData(5, 0, 2, 1, 3)]
    [InlineData(6, 2, 0, 3, 1)]
    [InlineData(7, 3, 1, 2, 0)]
    [InlineData(8, 1, 3, 0, 2)]
    public void The_orientation_is_applied(int orientation, int a, int b, int c, int d)
    {
        foreach ((int bits, int samples) in new[] { (8, 1), (8, 3), (16, 1) })
        {
            byte[] file = new TiffFile(2, 2, samples, bits) { Orientation = orientation }.Bytes(
                (x, y, _) => (uint)(60 * (x + (2 * y)) * (bits == 8 ? 1 : 257))
            );
            Assert.Equal([60 * a, 60 * b, 60 * c, 60 * d], Decode(file, 2, 2)[..4].Select(value => (int)value));
        }
    }

    [Theory]
    [InlineData(Compression.LZW)]
    [InlineData(Compression.ADOBE_DEFLATE)]
    [InlineData(Compression.PACKBITS)]
    public void Compressed_pixels_are_unpacked(Compression compression)
    {
        using var written = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("written", "w", written, new TiffStream()))
        {
            (TiffTag, object)[] tags =
            [
                (TiffTag.IMAGEWIDTH, 16),
                (TiffTag.IMAGELENGTH, 4),
                (TiffTag.BITSPERSAMPLE, 8),
                (TiffTag.SAMPLESPERPIXEL, 1),
                (TiffTag.ROWSPERSTRIP, 2),
                (TiffTag.PHOTOMETRIC, Photometric.MINISBLACK),
                (TiffTag.COMPRESSION, compression),
            ];
            foreach ((TiffTag tag, object value) in tags)
            {
                Assert.True(tiff.SetField(tag, value));
            }

            for (int y = 0; y < 4; y++)
            {
                Assert.True(tiff.WriteScanline([.. Enumerable.Range(0, 16).Select(x => (byte)(x + (50 * y)))], y));
            }

            Assert.True(tiff.WriteDirectory());
            byte[] planes = Decode(written.ToArray(), 16, 4);
            Assert.Equal(
                Enumerable.Range(0, 64).Select(i => (i % 16) + (50 * (i / 16))),
                planes[..64].Select(v => (int)v)
            );
        }
    }

    [Fact]
    public void The_first_picture_is_read_and_others_are_told()
    {
        var file = new TiffFile(2, 2, 3, 8) { HasSecond = true };
        var image = new PixelBuffer();
        Assert.Null(ImageDecoder.Decode(file.Bytes((x, _, _) => (uint)x), Reading(2, 2), image, out _));
        Assert.True(image.Traits.HasFlag(ImageTraits.Several));
    }

    [Fact]
    public void What_is_not_read_says_what_it_is()
    {
        Assert.Equal(
            "it is a TIFF image of floating-point 32 bits, which is not read: scale it to 8 or 16 bits and convert it to PNG",
            Reason(new TiffFile(4, 4, 1, 32) { SampleFormat = 3 })
        );
        Assert.Contains("of signed 16 bits", Reason(new TiffFile(4, 4, 1, 16) { SampleFormat = 2 }));
        Assert.Contains("of unsigned 32 bits", Reason(new TiffFile(4, 4, 1, 32)));
        Assert.Contains("of 13 channels", Reason(new TiffFile(4, 4, 13, 8) { Photometric = 1 }));
        Assert.Contains("a camera's raw image", Reason(new TiffFile(4, 4, 3, 8) { More = [(50706, 1)] }));
        Assert.Contains("a small preview", Reason(new TiffFile(4, 4, 3, 8) { More = [(254, 1)] }));
        Assert.Equal(
            "the image is 30000x30000, more than 100 megapixels",
            Reason(new TiffFile(1, 1, 3, 8) { More = [(256, 30_000), (257, 30_000)] })
        );
    }

    [Fact]
    public void The_first_rules_do_not_read_it()
    {
        byte[] file = new TiffFile(4, 4, 3, 8).Bytes((_, _, _) => 1);
        ImageReading first = Reading(4, 4) with { Rules = DecodingRules.First };
        Assert.Equal(
            "it is a TIFF image, which is not read: convert it to PNG",
            ImageDecoder.Decode(file, first, new PixelBuffer(), out _)
        );
    }

    /// <summary>Damage anywhere gives an image or a reason, never an exception, much memory or a line on the console.</summary>
    [Fact]
    public void Damaged_files_are_refused_quietly()
    {
        TextWriter error = Console.Error;
        TextWriter output = Console.Out;
        using var said = new StringWriter();
        Console.SetError(said);
        Console.SetOut(said);
        long before = GC.GetTotalAllocatedBytes();
        const int tries = 2000;
        try
        {
            Gen.Select(Gen.Int[0, 63], Gen.Int[0, 10_000].Array[1, 6], Gen.Byte.Array[6], Gen.Int[0, 200])
                .Sample(
                    (flags, places, values, cut) =>
                    {
                        byte[] file = new TiffFile(20, 20, 1 + (flags % 4), (flags & 4) != 0 ? 16 : 8)
                        {
                            IsTiled = (flags & 8) != 0,
                            Block = 16,
                            IsSeparate = (flags & 16) != 0,
                            HasSecond = (flags & 32) != 0,
                        }.Bytes((x, y, _) => (uint)(x + y));
                        foreach ((int place, byte value) in places.Zip(values))
                        {
                            // Most damage is done to the directory, which is at the end.
                            file[^(1 + (place % Math.Min(file.Length, place % 2 == 0 ? 260 : 10_000)))] = value;
                        }

                        file = cut < 100 ? file[..^Math.Min(cut, file.Length)] : file;
                        _ = ImageDecoder.Decode(file, Reading(8, 8), PixelBuffer.OfThisThread, out _, 1_000_000);
                    },
                    iter: tries,
                    threads: 1
                );
        }
        finally
        {
            Console.SetError(error);
            Console.SetOut(output);
        }

        Assert.Equal("", said.ToString());
        Assert.InRange((GC.GetTotalAllocatedBytes() - before) / tries, 0, 4_000_000);
    }

    private static ImageReading Reading(int width, int height) =>
        new(
            new ImageGeometry(1, Math.Min(width, height), width == height ? ResizeRule.Square : ResizeRule.ShorterSide)
        );

    private static byte[] Decode(byte[] file, int width, int height, PixelRange range = PixelRange.Full)
    {
        // Thin images would be cut, and are not resized at equal size.
        var image = new PixelBuffer();
        ImageReading reading = Reading(width, height) with { Range = range };
        Assert.Null(ImageDecoder.Decode(file, reading, image, out PixelSize size));
        Assert.Equal(new PixelSize(width, height), size);
        return [.. image.Planes];
    }

    private static string Reason(TiffFile file) =>
        Assert.IsType<string>(ImageDecoder.Decode(file.Bytes((_, _, _) => 0), Reading(4, 4), new PixelBuffer(), out _));
}
