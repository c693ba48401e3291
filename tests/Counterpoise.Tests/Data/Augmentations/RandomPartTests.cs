using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using CsCheck;
using TorchSharp;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class RandomPartTests
{
    [Fact]
    public void Parts_are_those_of_a_slow_search() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.OneOf(Gen.Double[0.01, 1], Gen.Const(1.0)), Gen.ULong)
            .Sample(
                (width, height, leastArea, key) =>
                    Slow(width, height, leastArea, new DrawStream(key))
                    == RandomPart.Draw(new PixelSize(width, height), leastArea, new DrawStream(key)),
                iter: 5000
            );

    [Fact]
    public void They_lie_within_the_image_and_have_the_area_and_the_shape_that_are_allowed()
    {
        var image = new PixelSize(640, 480);
        PixelBox[] parts = [.. Enumerable.Range(0, 5000).Select(i => RandomPart.Draw(image, 0.08, Stream(i)))];
        Assert.All(
            parts,
            part =>
            {
                Assert.True(part.Left >= 0 && part.Top >= 0);
                Assert.True(part.Left + part.Width <= 640 && part.Top + part.Height <= 480);
                Assert.InRange((double)part.Width * part.Height / (640 * 480), 0.079, 1);
                Assert.InRange((double)part.Width / part.Height, 0.74, 1.35);
            }
        );

        // Where it fits, the area is uniform: the mean of small ones, which always do, is in the middle.
        double[] small =
        [
            .. parts.Select(part => (double)part.Width * part.Height / (640 * 480)).Where(area => area < 0.48),
        ];
        Assert.InRange(small.Average(), 0.275, 0.285);
    }

    [Theory]
    [InlineData(10, 300, 0, 143, 10, 13)]
    [InlineData(300, 10, 143, 0, 13, 10)]
    [InlineData(7, 7, 0, 0, 7, 7)]
    public void Where_none_fits_it_is_the_middle(
        int width,
        int height,
        int left,
        int top,
        int partWidth,
        int partHeight
    )
    {
        var found = Enumerable
            .Range(0, 100)
            .Select(i => RandomPart.Draw(new PixelSize(width, height), 1, Stream(i)))
            .CountBy(part => part)
            .MaxBy(pair => pair.Value);
        Assert.Equal(new PixelBox(left, top, partWidth, partHeight), found.Key);
    }

    /// <summary>A value may be rounded the other way where float and double lie on different sides of a half.</summary>
    [Fact]
    public void A_part_is_resized_as_by_a_slow_filter_then_mirrored() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 30], Gen.Int[1, 24], Gen.ULong)
            .Sample(
                (width, height, size, seed) =>
                {
                    (width, height) = (Math.Max(width, size), Math.Max(height, size));
                    using torch.Tensor pixels = torch.randint(0, 256, [1, 3, height, width], dtype: torch.uint8);
                    byte[] bytes = pixels.bytes.ToArray();
                    using var images = new InMemoryImages(pixels.clone(), [0], ["a"], size);
                    var changes = new BatchAugmentation(
                        new Augmentation(0, true) { LeastArea = 0.08 },
                        new Draws(seed),
                        3,
                        11
                    );
                    using torch.Tensor read = images.Read([0], changes);
                    PixelBox part = changes.PartAt(0, new PixelSize(width, height));
                    bool flip = changes.At(0).Flip;
                    byte[] found = read.bytes.ToArray();
                    for (int i = 0; i < found.Length; i++)
                    {
                        (int channel, int row, int column) = (i / (size * size), i / size % size, i % size);
                        double slow = SlowResize.At(
                            (x, y) => bytes[(((channel * height) + part.Top + y) * width) + part.Left + x],
                            part.Size,
                            size,
                            flip ? size - 1 - column : column,
                            row
                        );
                        Assert.True(Math.Abs(slow - found[i]) < 0.501, $"{part} of {width}x{height} at {i}: {slow}");
                    }
                },
                iter: 300
            );

    private static DrawStream Stream(int place) => new Draws(5).At(DrawPurpose.RandomResizedCrop, 1, place);

    private static PixelBox Slow(int width, int height, double leastArea, DrawStream stream)
    {
        for (int attempt = 1; attempt <= 10; attempt++)
        {
            double area = (leastArea + ((1 - leastArea) * stream.NextDouble())) * ((double)width * height);
            double logarithm = Math.Log(0.75) + (stream.NextDouble() * (Math.Log(4.0 / 3) - Math.Log(0.75)));
            double w = Math.Sqrt(area * Math.Exp(logarithm));
            double h = Math.Sqrt(area / Math.Exp(logarithm));
            int[] widths = [.. Enumerable.Range(1, width).Where(whole => Math.Abs(whole - w) < 0.5)];
            int[] heights = [.. Enumerable.Range(1, height).Where(whole => Math.Abs(whole - h) < 0.5)];
            if (widths.Length == 1 && heights.Length == 1)
            {
                int top = stream.NextInt(height - heights[0] + 1);
                int left = stream.NextInt(width - widths[0] + 1);
                return new PixelBox(left, top, widths[0], heights[0]);
            }
        }

        (int partWidth, int partHeight) = (width, height);
        if (4 * width < 3 * height)
        {
            partHeight = (int)Math.Round(width * 4.0 / 3);
        }
        else if (3 * width > 4 * height)
        {
            partWidth = (int)Math.Round(height * 4.0 / 3);
        }

        return new PixelBox((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }
}
