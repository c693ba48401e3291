using Counterpoise.Basics;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using CsCheck;
using static Counterpoise.Data.Augmentations.PixelOperation;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class AugmentPixelsTests
{
    private static readonly PixelSize Square = new(3, 3);

    /// <summary>A gray level may differ by one where float and double cut off on different sides of a whole number.</summary>
    [Fact]
    public void Every_operation_equals_a_slow_one() =>
        Gen.Select(
                Gen.Enum<PixelOperation>(),
                Gen.Int[0, 9],
                Gen.Bool,
                Gen.Select(Gen.Int[1, 24], Gen.Int[1, 24]),
                Gen.Int[1, 256],
                Gen.UInt
            )
            .Sample(
                (operation, level, negative, sides, levels, seed) =>
                {
                    var size = new PixelSize(sides.Item1, sides.Item2);
                    var change = PixelChange.At(operation, level, negative);
                    byte[] image = Image(size, levels, seed);
                    int[] slow = SlowPixels.Apply(change, image, size);
                    change.Apply(image, size);
                    for (int i = 0; i < image.Length; i++)
                    {
                        Assert.True(slow[i] < 0 || Math.Abs(slow[i] - image[i]) <= 1, $"{change} at {i} of {size}");
                    }
                },
                iter: 2000
            );

    [Theory]
    [InlineData(ShearX, 1.0, new byte[] { 2, 3, 0, 6, 0, 0, 0, 0, 0 })]
    [InlineData(ShearY, -1.0, new byte[] { 1, 0, 0, 4, 2, 0, 7, 5, 3 })]
    [InlineData(TranslateX, 0.4, new byte[] { 0, 1, 2, 0, 4, 5, 0, 7, 8 })]
    [InlineData(TranslateX, -0.9, new byte[] { 3, 0, 0, 6, 0, 0, 9, 0, 0 })]
    [InlineData(TranslateY, 0.4, new byte[] { 0, 0, 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData(Rotate, 90.0, new byte[] { 3, 6, 9, 2, 5, 8, 1, 4, 7 })]
    [InlineData(Invert, 0.0, new byte[] { 254, 253, 252, 251, 250, 249, 248, 247, 246 })]
    [InlineData(Solarize, 4.5, new byte[] { 1, 2, 3, 4, 250, 249, 248, 247, 246 })]
    [InlineData(Posterize, 6.0, new byte[] { 0, 0, 0, 4, 4, 4, 4, 8, 8 })]
    [InlineData(AutoContrast, 0.0, new byte[] { 0, 31, 63, 95, 127, 159, 191, 223, 255 })]
    [InlineData(Equalize, 0.0, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(Brightness, 0.5, new byte[] { 1, 3, 4, 6, 7, 9, 10, 12, 13 })]
    [InlineData(Brightness, -1.0, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(Contrast, -0.5, new byte[] { 3, 3, 4, 4, 5, 5, 6, 6, 7 })]
    [InlineData(Contrast, 1.0, new byte[] { 0, 0, 1, 3, 5, 7, 9, 11, 13 })]
    [InlineData(Color, 0.9, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    public void Small_cases_come_out_as_by_hand(object operation, double magnitude, byte[] expected)
    {
        byte[] plane = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        byte[] image = [.. plane, .. plane, .. plane];
        new PixelChange((PixelOperation)operation, magnitude).Apply(image, Square);
        Assert.Equal([.. expected, .. expected, .. expected], image);
    }

    [Fact]
    public void Smoothing_counts_the_middle_five_times_and_leaves_the_border()
    {
        byte[] plane = [13, 0, 0, 0, 130, 0, 0, 0, 26];
        byte[] image = [.. plane, .. plane, .. plane];
        new PixelChange(Sharpness, -1).Apply(image, Square);
        Assert.Equal([13, 0, 0, 0, 53, 0, 0, 0, 26], image[9..18]);
    }

    [Fact]
    public void Colours_fade_to_their_luminance()
    {
        byte[] image = [255, 0, 0, 0, 255, 0, 0, 0, 255];
        new PixelChange(Color, -1).Apply(image, new PixelSize(3, 1));
        Assert.Equal([76, 150, 29, 76, 150, 29, 76, 150, 29], image);
    }

    [Fact]
    public void Equalizing_gives_each_value_the_share_of_pixels_below_it()
    {
        byte[] image = [.. Enumerable.Range(0, 3 * 1024).Select(i => (byte)(10 * (1 + (i % 4))))];
        new PixelChange(Equalize, 0).Apply(image, new PixelSize(32, 32));
        Assert.Equal([0, 85, 171, 255], image[..4]);
    }

    private static byte[] Image(PixelSize size, int levels, uint seed)
    {
        DrawStream stream = new(seed);
        byte[] image = new byte[3 * size.Width * size.Height];
        foreach (ref byte value in image.AsSpan())
        {
            value = (byte)stream.NextInt(levels);
        }

        return image;
    }
}
