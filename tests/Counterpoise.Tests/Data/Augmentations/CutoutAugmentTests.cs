using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class CutoutAugmentTests
{
    [Fact]
    public void One_square_is_painted_and_cut_off_at_the_border() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[1, 14], Gen.ULong)
            .Sample(
                (height, width, length, seed) =>
                {
                    byte[] image = Painted(height, width, length, seed);
                    DrawStream stream = new(seed);
                    (int y, int x) = (stream.NextInt(height), stream.NextInt(width));
                    for (int i = 0; i < image.Length; i++)
                    {
                        (int channel, int row, int column) = (i / (height * width), i / width % height, i % width);
                        int down = row - y + (length / 2);
                        int right = column - x + (length / 2);
                        bool inside = down >= 0 && down < length && right >= 0 && right < length;
                        Assert.Equal(inside ? 100 + channel : 0, image[i]);
                    }
                },
                iter: 500
            );

    /// <summary>15 degrees of freedom each: the statistic is above 37.7 once in a thousand.</summary>
    [Fact]
    public void Every_pixel_is_the_middle_equally_often()
    {
        int[] painted = new int[16];
        for (ulong place = 0; place < 16_000; place++)
        {
            painted[Array.IndexOf(Painted(4, 4, 1, DrawStream.Scramble(place)), (byte)100)]++;
        }

        Assert.InRange(ChiSquare.Of(painted, [.. Enumerable.Repeat(1.0 / 16, 16)]), 0, 37.7);
    }

    [Fact]
    public void It_is_painted_with_the_mean_of_the_training_images() =>
        Assert.Equal((125, 123, 114), Normalisation.Cifar.MeanColour);

    private static byte[] Painted(int height, int width, int length, ulong seed)
    {
        byte[] image = new byte[3 * height * width];
        Cutout.Apply(image, new PixelSize(width, height), length, (100, 101, 102), new DrawStream(seed));
        return image;
    }
}
