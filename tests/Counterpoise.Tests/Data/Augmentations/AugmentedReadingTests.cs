using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Tests.Data.Augmentations;

public sealed class AugmentedReadingTests
{
    private static readonly Augmentation Plain = new(4, true);

    private static readonly Augmentation Strong = Plain with
    {
        AutoAugment = AutoAugmentPolicy.Cifar,
        Cutout = 6,
        CutoutColour = (1, 2, 3),
    };

    private readonly int[] positions = [.. Enumerable.Range(0, 64)];

    [Fact]
    public void Crop_and_flip_come_first_then_AutoAugment_then_Cutout()
    {
        using InMemoryImages images = TestImages.Random(64, 16, 16);
        var draws = new Draws(4);
        byte[] expected = Bytes(images, positions, Plain, 0);
        var size = new PixelSize(16, 16);
        for (int i = 0; i < positions.Length; i++)
        {
            Span<byte> image = expected.AsSpan(i * 768, 768);
            AutoAugment.Apply(image, size, draws.At(DrawPurpose.AutoAugment, 1, i));
            Cutout.Apply(image, size, 6, (1, 2, 3), draws.At(DrawPurpose.Cutout, 1, i));
        }

        Assert.Equal(expected, Bytes(images, positions, Strong, 0));
    }

    [Fact]
    public void A_batch_read_in_parts_or_on_other_threads_has_the_same_bits()
    {
        using InMemoryImages images = TestImages.Random(64, 16, 16);
        byte[] whole = Bytes(images, positions, Strong, 0);
        byte[][] parts = new byte[8][];
        Parallel.For(0, 8, i => parts[i] = Bytes(images, positions[(8 * i)..(8 * (i + 1))], Strong, 8 * i));
        Assert.Equal(whole, parts.SelectMany(part => part));
    }

    [Fact]
    public void Repeats_and_epochs_get_other_changes()
    {
        using InMemoryImages images = TestImages.Random(1, 16, 16);
        var only = new Augmentation(0, false) { AutoAugment = AutoAugmentPolicy.Cifar, Cutout = 6 };
        byte[] batch = Bytes(images, new int[64], only, 0);
        Assert.True(batch.Chunk(768).Select(Convert.ToHexString).Distinct().Count() > 50);
        Assert.NotEqual(batch, Bytes(images, new int[64], only, 64));
    }

    [Fact]
    public void Both_are_off_unless_set()
    {
        using var data = new ImageData("small", TestImages.Random(8, 8, 8), TestImages.Random(4, 8, 8), []);
        var settings = new DataSettings { ImageSize = 8 };
        Augmentation off = TrainingData.Prepare(data, settings).Augmentation;
        Augmentation on = TrainingData
            .Prepare(data, settings with { AutoAugment = AutoAugmentPolicy.Cifar, Cutout = 3 })
            .Augmentation;
        Assert.Equal((AutoAugmentPolicy.None, 0), (off.AutoAugment, off.Cutout));
        Assert.Equal((AutoAugmentPolicy.Cifar, 3), (on.AutoAugment, on.Cutout));
        Assert.Equal(data.NormalisationFor(data.Train).MeanColour, on.CutoutColour);
        Assert.Equal(off.Draw(new Draws(1), 2, 3), on.Draw(new Draws(1), 2, 3));
    }

    [Fact]
    public void A_square_larger_than_the_image_is_refused()
    {
        var settings = new DataSettings { Cutout = 33 };
        Assert.Equal(
            "data.cutout is 33 pixels, expected at most data.image_size, which is 32; set data.cutout=16, half of it, as "
                + "is usual for CIFAR.",
            Assert.Throws<UsageException>(settings.Resolve).Message
        );
    }

    private static byte[] Bytes(InMemoryImages images, int[] positions, Augmentation augmentation, long place)
    {
        using torch.Tensor batch = images.Read(positions, new BatchAugmentation(augmentation, new Draws(4), 1, place));
        return batch.bytes.ToArray();
    }
}
