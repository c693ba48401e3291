using Counterpoise.Basics;
using Counterpoise.Data;
using CsCheck;
using TorchSharp;

namespace Counterpoise.Tests.Data;

public sealed class InMemoryImagesTests
{
    [Fact]
    public void Reading_equals_a_slow_crop_and_flip_bit_for_bit() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 12], Gen.Bool, Gen.ULong)
            .Sample(
                (height, width, pad, flip, seed) =>
                {
                    using InMemoryImages images = TestImages.Random(5, height, width);
                    BatchAugmentation augmentation = new(new Augmentation(pad, flip), new Draws(seed), 3, 17);
                    int[] positions = [4, 0, 0, 2, 1, 3, 4];
                    using torch.Tensor batch = images.Read(positions, augmentation);
                    Assert.Equal([7, 3, height, width], batch.shape);
                    Assert.Equal(Slow(positions, height, width, augmentation), batch.bytes.ToArray());
                },
                iter: 300
            );

    [Fact]
    public void Reading_without_augmentation_returns_the_images_in_the_order_asked()
    {
        using InMemoryImages images = TestImages.Random(3, 4, 5);
        byte[] batch = TestImages.Bytes(images, 2, 2, 0);
        Assert.Equal(TestImages.Pixel(2, 0, 0, 0), batch[60]);
        Assert.Equal(TestImages.Pixel(0, 2, 3, 4), batch[^1]);
    }

    [Fact]
    public void The_tensor_belongs_to_the_set_and_outlives_the_scope_that_made_it()
    {
        InMemoryImages images;
        using (torch.NewDisposeScope())
        {
            images = TestImages.Random(2, 4, 4);
        }

        Assert.Equal(TestImages.Pixel(1, 0, 0, 0), TestImages.Bytes(images, 1)[0]);
        images.Dispose();
        Assert.Throws<ObjectDisposedException>(() => images.Read([0]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_position_outside_the_set_is_refused(int position)
    {
        using InMemoryImages images = TestImages.Random(2, 4, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Read([0, position]));
    }

    [Fact]
    public void A_label_without_a_class_is_refused()
    {
        using torch.Tensor pixels = torch.zeros(1, 3, 2, 2, dtype: torch.uint8);
        Assert.Throws<ArgumentException>(() => new InMemoryImages(pixels, [1], ["only"]));
        Assert.Throws<ArgumentException>(() => new InMemoryImages(pixels, [0, 0], ["only"]));
    }

    [Fact]
    public void An_empty_set_reads_an_empty_batch()
    {
        using InMemoryImages images = InMemoryImages.Allocate([], ["a"], 4, 4);
        using torch.Tensor batch = images.Read([]);
        Assert.Equal([0, 3, 4, 4], batch.shape);
    }

    private static byte[] Slow(int[] positions, int height, int width, BatchAugmentation augmentation)
    {
        List<byte> bytes = [];
        for (int i = 0; i < positions.Length; i++)
        {
            CropAndFlip change = augmentation.At(i);
            for (int channel = 0; channel < 3; channel++)
            {
                for (int row = 0; row < height; row++)
                {
                    for (int column = 0; column < width; column++)
                    {
                        int y = row + change.Top;
                        int x = (change.Flip ? width - 1 - column : column) + change.Left;
                        bool inside = y >= 0 && y < height && x >= 0 && x < width;
                        bytes.Add(inside ? TestImages.Pixel(positions[i], channel, y, x) : (byte)0);
                    }
                }
            }
        }

        return [.. bytes];
    }
}
