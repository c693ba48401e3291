using Counterpoise.Data;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class ImageResizeTests
{
    [Fact]
    public void Equal_size_changes_nothing()
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * 7 * 7).Select(i => (byte)(i * 37))];
        byte[] planes = Resize(pixels, 7, 7, 7);
        for (int i = 0; i < 49; i++)
        {
            Assert.Equal(
                [pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2]],
                new[] { planes[i], planes[49 + i], planes[98 + i] }
            );
        }
    }

    [Fact]
    public void One_colour_stays_that_colour_at_any_size() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 40], Gen.Byte)
            .Sample(
                (width, height, size, value) =>
                    Resize([.. Enumerable.Repeat(value, 4 * width * height)], width, height, size).All(v => v == value)
            );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shrinking_640_to_32_turns_fine_stripes_gray_instead_of_coarse(int period)
    {
        byte[] pixels = new byte[4 * 640 * 640];
        for (int i = 0; i < 640 * 640; i++)
        {
            byte value = (i % 640 / period) % 2 == 0 ? (byte)255 : (byte)0;
            pixels.AsSpan(4 * i, 4).Fill(value);
        }

        Assert.All(Resize(pixels, 640, 640, 32), value => Assert.InRange(value, 120, 136));
    }

    [Fact]
    public void Enlarging_is_bilinear_and_keeps_the_order_of_rows_and_columns()
    {
        byte[] planes = Resize([0, 0, 0, 0, 100, 0, 0, 0, 0, 200, 0, 0, 100, 200, 0, 0], 2, 2, 4);
        Assert.Equal([0, 25, 75, 100], planes[..4]);
        Assert.Equal([0, 50, 150, 200], new[] { planes[16], planes[20], planes[24], planes[28] });
    }

    private static unsafe byte[] Resize(byte[] pixels, int width, int height, int size)
    {
        byte[] planes = new byte[3 * size * size];
        fixed (byte* source = pixels)
        {
            ImageResize.ToPlanes(source, width, new PixelSize(width, height), new PixelSize(size, size), planes);
        }

        return planes;
    }
}
