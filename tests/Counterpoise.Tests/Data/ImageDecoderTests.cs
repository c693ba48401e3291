using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Pixels;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class ImageDecoderTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("a.png", 0)]
    [InlineData("a.jpg", 6)]
    [InlineData("a.webp", 6)]
    [InlineData("a.bmp", 0)]
    public void Every_format_gives_planes_of_red_green_and_blue(string name, int tolerance)
    {
        string path = temp.At(name);
        Func<int, int, SKColor> colour = (x, y) => new SKColor((byte)(8 * x), (byte)(8 * y), 60);
        if (name.EndsWith(".bmp", StringComparison.Ordinal))
        {
            TestFiles.WriteBmp(path, 16, 16, colour);
        }
        else
        {
            TestFiles.Write(path, 16, 16, colour);
        }

        byte[] planes = Decode(path, 16, out PixelSize original);
        Assert.Equal(new PixelSize(16, 16), original);
        for (int i = 0; i < 256; i++)
        {
            Assert.InRange(planes[i] - (8 * (i % 16)), -tolerance, tolerance);
            Assert.InRange(planes[256 + i] - (8 * (i / 16)), -tolerance, tolerance);
            Assert.InRange(planes[512 + i] - 60, -tolerance, tolerance);
        }
    }

    [Fact]
    public void Transparency_is_laid_over_black()
    {
        string path = temp.At("a.png");
        TestFiles.Write(path, 4, 4, (x, _) => new SKColor(200, 100, 50, x < 2 ? (byte)0 : (byte)128));
        byte[] planes = Decode(path, 4, out _);
        Assert.Equal([0, 0, 100, 100], planes[..4]);
        Assert.Equal([0, 0, 50, 50], planes[16..20]);
    }

    [Theory]
    [InlineData("white", 255, 255, 255)]
    [InlineData("#FF8000", 255, 128, 0)]
    public void Or_over_the_background(string background, int red, int green, int blue)
    {
        string path = temp.At("a.png");
        TestFiles.Write(path, 4, 4, (x, _) => new SKColor(200, 100, 50, x < 2 ? (byte)0 : (byte)128));
        var image = new PixelBuffer();
        ImageReading reading = Square(4) with { Background = BackgroundColour.Parse(background) };
        Assert.Null(ImageDecoder.Decode(path, reading, image, out _));
        Assert.True(image.Traits.HasFlag(ImageTraits.Transparent));
        int[] laid = [200, 100, 50];
        int[] below = [red, green, blue];
        for (int channel = 0; channel < 3; channel++)
        {
            Assert.Equal(below[channel], image.Planes[16 * channel]);
            double mixed = ((laid[channel] * 128) + (below[channel] * 127)) / 255.0;
            Assert.InRange(image.Planes[(16 * channel) + 2] - mixed, -1.01, 1.01);
        }
    }

    [Fact]
    public void Opaque_images_with_room_for_transparency_have_none()
    {
        TestFiles.Write(temp.At("a.png"), 4, 4, (x, y) => new SKColor((byte)x, (byte)y, 50, 255));
        var image = new PixelBuffer();
        Assert.Null(ImageDecoder.Decode(temp.At("a.png"), Square(4), image, out _));
        Assert.Equal(ImageTraits.None, image.Traits);
    }

    [Fact]
    public void Values_of_16_bits_in_a_small_part_of_their_range_are_told_or_scaled_by_it()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (2, 2, 16, 0),
            [
                [0, 0, 0, 85],
                [0, 170, 0, 255],
            ]
        );
        var image = new PixelBuffer();
        Assert.Null(ImageDecoder.Decode(path, Square(2), image, out _));
        Assert.Equal(ImageTraits.Deep, image.Traits & ~(ImageTraits.Flat | ImageTraits.Narrow));
        Assert.NotEqual(ImageTraits.Deep, image.Traits);

        Assert.Null(ImageDecoder.Decode(path, Square(2) with { Range = PixelRange.File }, image, out _));
        Assert.Equal([0, 85, 170, 255], image.Planes[..4].ToArray());
        Assert.Equal(ImageTraits.Deep, image.Traits);
    }

    [Fact]
    public void A_GIF_is_its_first_picture()
    {
        // Two pixels of a palette of two colours, by codes of three bits: clear, 0, 1, end.
        byte[] start = [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 200, 210, 220];
        byte[] picture = [0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0];
        byte[] file = [.. start, .. picture, .. picture, 0x3B];
        var image = new PixelBuffer();
        Assert.Null(
            ImageDecoder.Decode(
                file,
                new ImageReading(new ImageGeometry(1, 1, ResizeRule.ShorterSide)),
                image,
                out PixelSize size
            )
        );
        Assert.Equal(new PixelSize(2, 1), size);
        Assert.Equal([10, 200, 20, 210, 30, 220], image.Planes.ToArray());
        Assert.True(image.Traits.HasFlag(ImageTraits.Several));
    }

    [Theory]
    [InlineData(1, 60_000)]
    [InlineData(60_000, 1)]
    [InlineData(3, 1_000)]
    public void A_line_of_pixels_is_cut_to_its_middle_before_it_is_resized(int width, int height)
    {
        string path = temp.At("a.png");
        int longer = Math.Max(width, height);
        byte[] Row(int y) =>
            [
                .. Enumerable
                    .Range(0, width)
                    .Select(x => Math.Abs(Math.Max(x, y) - (longer / 2)) <= longer / 4 ? (byte)200 : (byte)0),
            ];
        TestFiles.WritePng(path, (width, height, 8, 0), Enumerable.Range(0, height).Select(Row));
        var image = new PixelBuffer();
        var reading = new ImageReading(new ImageGeometry(8, 64, ResizeRule.ShorterSide));

        Assert.Null(ImageDecoder.Decode(path, reading, image, out PixelSize size));

        Assert.Equal(new PixelSize(width, height), size);
        Assert.Equal(width < height ? new PixelSize(64, 1024) : new PixelSize(1024, 64), image.Size);
        Assert.Equal(-1, image.Planes.IndexOfAnyExcept((byte)200));
    }

    [Fact]
    public void The_first_rules_cut_only_what_would_not_have_fitted()
    {
        var geometry = new ImageGeometry(8, 64, ResizeRule.ShorterSide);
        Assert.Equal(new PixelSize(1, 20_000), geometry.Used(new PixelSize(1, 20_000), DecodingRules.First));
        Assert.Equal(new PixelSize(1, 16), geometry.Used(new PixelSize(1, 60_000), DecodingRules.First));
        Assert.Equal(new PixelSize(1, 16), geometry.Used(new PixelSize(1, 20_000), DecodingRules.Newest));
        Assert.Equal(new PixelSize(32, 2), geometry.Used(new PixelSize(33, 2), DecodingRules.Newest));
        Assert.Equal(new PixelSize(10, 150), geometry.Used(new PixelSize(10, 150), DecodingRules.Newest));
        var square = new ImageGeometry(8, 64, ResizeRule.Square);
        Assert.Equal(new PixelSize(1, 60_000), square.Used(new PixelSize(1, 60_000), DecodingRules.Newest));
    }

    [Fact]
    public void A_thin_JPEG_is_cut_at_the_size_it_is_decoded_at()
    {
        string path = temp.At("a.jpg");
        TestFiles.Write(path, 4000, 80, (x, _) => Gray(Math.Abs(x - 2000) < 800 ? 200 : 0), quality: 90);
        var image = new PixelBuffer();
        var reading = new ImageReading(new ImageGeometry(8, 10, ResizeRule.ShorterSide));
        Assert.Null(ImageDecoder.Decode(path, reading, image, out _));
        Assert.Equal(new PixelSize(160, 10), image.Size);
        Assert.All(image.Planes.ToArray(), value => Assert.InRange(value, 195, 205));
    }

    [Fact]
    public void Gray_is_repeated()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (2, 2, 8, 0),
            [
                [10, 20],
                [30, 40],
            ]
        );
        Assert.Equal([10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40], Decode(path, 2, out _));
    }

    [Fact]
    public void A_palette_is_looked_up()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (2, 1, 8, 3),
            [
                [1, 0],
            ],
            palette: [1, 2, 3, 250, 251, 252]
        );
        Assert.Equal([250, 1, 250, 1, 251, 2, 251, 2, 252, 3, 252, 3], Decode(path, 2, out _));
    }

    [Fact]
    public void Sixteen_bits_are_rounded_to_eight()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (1, 1, 16, 2),
            [
                [0xFF, 0xFF, 0x80, 0x80, 0, 0],
            ]
        );
        Assert.Equal([255, 128, 0], Decode(path, 1, out _));
    }

    [Fact]
    public void CMYK_becomes_RGB()
    {
        string path = temp.At("a.jpg");
        TestFiles.WriteCmyk(path, cyan: 255, magenta: 0, yellow: 0, black: 0);
        byte[] planes = Decode(path, 8, out _);
        Assert.InRange(planes[0], 0, 40);
        Assert.InRange(planes[64], 150, 255);
        Assert.InRange(planes[128], 200, 255);
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
    public void The_cameras_orientation_is_applied(byte orientation, int a, int b, int c, int d)
    {
        // The stored quadrants are 0 1 above 2 3; upright they read a b above c d.
        string path = temp.At("a.jpg");
        TestFiles.Write(path, 48, 32, (x, y) => Gray(60 * ((x / 24) + (2 * (y / 16)))));
        TestFiles.SetOrientation(path, orientation);
        byte[] planes = Decode(path, 8, out PixelSize original);
        Assert.Equal(orientation >= 5 ? new PixelSize(32, 48) : new PixelSize(48, 32), original);
        byte[] quadrants = [planes[9], planes[14], planes[49], planes[54]];
        Assert.All(quadrants.Zip([a, b, c, d]), pair => Assert.InRange(pair.First - (60 * pair.Second), -5, 5));
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.jpg")]
    [InlineData("a.webp")]
    public void Shrinking_a_file_of_640_to_32_does_not_alias(string name)
    {
        string path = temp.At(name);
        TestFiles.Write(path, 640, 640, (x, y) => Gray((x + y) % 2 * 255));
        Assert.All(Decode(path, 32, out _), value => Assert.InRange(value, 118, 138));
    }

    [Fact]
    public void A_huge_image_is_refused_from_its_header_without_memory_for_its_pixels()
    {
        string path = temp.At("bomb.png");
        byte[] row = new byte[30_000 / 8];
        TestFiles.WritePng(path, (30_000, 30_000, 1, 0), Enumerable.Repeat(row, 30_000));
        Assert.InRange(new FileInfo(path).Length, 1, 5_000_000);
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64;
        Assert.Equal("the image is 30000x30000, more than 100 megapixels", Reason(path));
        process.Refresh();
        Assert.InRange(process.PeakWorkingSet64 - before, 0, 100_000_000);
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.png")]
    [InlineData("a.webp")]
    public void A_file_cut_short_is_unreadable(string name)
    {
        string path = temp.At(name);
        TestFiles.Write(path, 64, 64, (x, y) => Gray(TestImages.Pixel(0, 0, y, x)));
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Matches("^(the file is truncated|the image data is damaged)$", Reason(path));
    }

    [Fact]
    public void A_file_that_is_empty_missing_or_no_image_says_so()
    {
        File.WriteAllBytes(temp.At("empty.jpg"), []);
        File.WriteAllText(temp.At("text.jpg"), "this is no image, whatever its name says");
        Assert.Equal("the file is empty", Reason(temp.At("empty.jpg")));
        Assert.Equal("it is text, not an image: remove it, or download the image again", Reason(temp.At("text.jpg")));
        Assert.Contains("Could not find file", Reason(temp.At("none.jpg")), StringComparison.Ordinal);
    }

    private static SKColor Gray(int value) => new((byte)value, (byte)value, (byte)value);

    private static byte[] Decode(string path, int size, out PixelSize original)
    {
        byte[] planes = new byte[3 * size * size];
        var image = new PixelBuffer();
        Assert.Null(ImageDecoder.Decode(path, Square(size), image, out original));
        image.Planes.CopyTo(planes);
        return planes;
    }

    private static string? Reason(string path) => ImageDecoder.Decode(path, Square(8), new PixelBuffer(), out _);

    private static ImageReading Square(int size) => new(new ImageGeometry(size, size, ResizeRule.Square));
}
