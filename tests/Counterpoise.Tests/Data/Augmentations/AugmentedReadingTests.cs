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

    private static readonly Augmentation Photographs = new(0, true)
    {
        LeastArea = 0.08,
        ColourJitter = 0.4,
        HueJitter = 0.1,
        RandAugment = 2,
        RandAugmentMagnitude = 9,
        Cutout = 4,
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
    public void A_resized_part_comes_first_then_colour_jitter_then_RandAugment_then_Cutout()
    {
        using InMemoryImages images = TestImages.Random(64, 16, 16);
        var draws = new Draws(4);
        byte[] expected = Bytes(images, positions, new Augmentation(0, true) { LeastArea = 0.08 }, 0);
        var size = new PixelSize(16, 16);
        for (int i = 0; i < positions.Length; i++)
        {
            Span<byte> image = expected.AsSpan(i * 768, 768);
            ColourJitter.Apply(image, size, 0.4, 0.1, draws.At(DrawPurpose.ColourJitter, 1, i));
            RandAugment.Apply(image, size, 2, 9, draws.At(DrawPurpose.RandAugment, 1, i));
            Cutout.Apply(image, size, 4, (0, 0, 0), draws.At(DrawPurpose.Cutout, 1, i));
        }

        Assert.Equal(expected, Bytes(images, positions, Photographs, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_read_in_parts_or_on_other_threads_has_the_same_bits(bool arePhotographs)
    {
        Augmentation changes = arePhotographs ? Photographs : Strong;
        using InMemoryImages images = TestImages.Random(64, 16, 16);
        byte[] whole = Bytes(images, positions, changes, 0);
        byte[][] parts = new byte[8][];
        Parallel.For(0, 8, i => parts[i] = Bytes(images, positions[(8 * i)..(8 * (i + 1))], changes, 8 * i));
        Assert.Equal(whole, parts.SelectMany(part => part));
    }

    [Fact]
    public void Images_are_mirrored_as_without_resizing()
    {
        using InMemoryImages images = TestImages.Random(1, 16, 16);
        Augmentation whole = new(0, true) { LeastArea = 1 };
        byte[] still = Bytes(images, [0], new Augmentation(0, false), 0);
        int mirrored = 0;
        for (int place = 0; place < 64; place++)
        {
            bool flip = new BatchAugmentation(new Augmentation(0, true), new Draws(4), 1, place).At(0).Flip;
            var changes = new BatchAugmentation(whole, new Draws(4), 1, place);
            Assert.Equal(flip, changes.At(0).Flip);
            if (changes.PartAt(0, new PixelSize(16, 16)) == new PixelBox(0, 0, 16, 16))
            {
                mirrored += flip ? 1 : 0;
                Assert.Equal(flip, !still.AsSpan().SequenceEqual(Bytes(images, [0], whole, place)));
            }
        }

        Assert.InRange(mirrored, 1, 63);
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
    public void Those_for_photographs_are_off_unless_set()
    {
        using var data = new ImageData("small", TestImages.Random(8, 8, 8), TestImages.Random(4, 8, 8), []);
        Augmentation off = TrainingData.Prepare(data, new DataSettings { ImageSize = 8 }).Augmentation;
        Augmentation on = TrainingData
            .Prepare(
                data,
                new DataSettings
                {
                    ImageSize = 8,
                    RandomResizedCrop = 0.08,
                    ColourJitter = 0.4,
                    HueJitter = 0.1,
                    RandAugment = 2,
                    Cutout = 4,
                }
            )
            .Augmentation;
        Assert.Equal(Photographs with { CutoutColour = on.CutoutColour }, on);
        Assert.Equal(new Augmentation(1, true) { CutoutColour = off.CutoutColour, RandAugmentMagnitude = 9 }, off);
    }

    [Fact]
    public void What_does_not_go_together_is_refused_by_name()
    {
        var plain = new DataSettings();
        foreach (
            (DataSettings settings, string said) in new[]
            {
                (
                    plain with
                    {
                        RandomResizedCrop = 0.08,
                        Pad = 4,
                    },
                    "data.pad is 4 pixels, but data.random_resized_crop"
                ),
                (
                    plain with
                    {
                        CropFrom = CropSource.Original,
                    },
                    "data.crop_from is original, but data.random_resized_crop is 0"
                ),
                (
                    plain with
                    {
                        RandAugment = 2,
                        AutoAugment = AutoAugmentPolicy.Cifar,
                    },
                    "data.rand_augment is 2 and data.auto_augment is not none"
                ),
                (
                    plain with
                    {
                        RandAugmentMagnitude = 15,
                    },
                    "data.rand_augment_magnitude is 15, but data.rand_augment is 0"
                ),
            }
        )
        {
            Assert.StartsWith(said, Assert.Throws<UsageException>(settings.Resolve).Message);
        }

        DataSettings resolved = (plain with { RandomResizedCrop = 0.08 }).Resolve();
        Assert.Equal(0, resolved.Pad);
        Assert.Equal(resolved, resolved.Resolve());
    }

    [Fact]
    public void Original_files_are_needed_where_parts_are_cut_from_them()
    {
        using var data = new ImageData("small", TestImages.Random(8, 8, 8), TestImages.Random(4, 8, 8), []);
        var settings = new DataSettings
        {
            ImageSize = 8,
            RandomResizedCrop = 0.08,
            CropFrom = CropSource.Original,
        };
        Assert.StartsWith(
            "data.crop_from is original, but the images of small are in memory",
            Assert.Throws<UsageException>(() => TrainingData.Prepare(data, settings)).Message
        );
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
