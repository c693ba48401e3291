using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Pixels;
using TorchSharp;

namespace Counterpoise.Tests.Data.Features;

/// <summary>Features of random views: which there are, what they show, and that they are computed once.</summary>
public sealed class FeatureViewsTests : IDisposable
{
    private static readonly DataSettings Viewed = new() { Features = "means", Views = 2 };
    private static readonly DataSettings LongTailed = Viewed with { Imbalance = ImbalanceKind.LongTailed, Rho = 10 };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Small_classes_have_more()
    {
        Assert.Equal([2, 2, 3, 4, 6, 20, 20, 0], FeatureViews.OfClasses(2, [900, 800, 400, 225, 100, 9, 1, 0]));
        Assert.Equal([1, 1, 2], FeatureViews.OfClasses(1, [100, 45, 44])); // 1.49 and 1.508.
    }

    [Fact]
    public void Images_that_are_held_out_have_none_and_numbers_are_those_of_what_is_left()
    {
        DataSettings settings = LongTailed with { HeldOut = 1 };
        using ImageData images = Computed(new Pixels(), settings);

        TrainingData data = TrainingData.Prepare(images, settings);

        int[] expected = FeatureViews.OfClasses(2, data.ClassCounts);
        Assert.NotEqual(expected, FeatureViews.OfClasses(2, ClassCounts.Of(data.HeldOut!)));
        Assert.Empty(data.HeldOut!.Views);
        Assert.Empty(data.Test.Views);
        int[] found = new int[data.Train.Count];
        foreach (int image in data.Train.Views)
        {
            found[image]++;
        }

        Assert.Equal(data.Train.Labels.Select(label => expected[label]), found);
        Assert.Equal(found.Sum(), images.Train.Views.Count); // None were computed of what is held out.
        string line = Assert.Single(data.Notes, note => note.Contains("random views"));
        Assert.Contains(
            $"features of {found.Sum()} random views are trained on, too; of each image of a class: {data.Train.Classes[0]} {expected[0]}, ",
            line
        );
    }

    /// <summary>The slow way: each view by itself, cut from its image by draws of its key.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(48)]
    public void A_view_is_a_part_of_its_image_at_the_size_of_the_frozen_network(int size)
    {
        using var extractor = new Pixels { ImageSize = size };
        using ImageData images = Computed(extractor, Viewed);
        Augmentation augmentation = Augmentation.Of(Viewed, Normalisation.Imagenet.MeanColour);
        Assert.Equal((0.5, 0, true), (augmentation.LeastArea, augmentation.Pad, augmentation.Flip));
        var stored = new PixelSize(32, 32);
        IImageSource train = images.Train;

        (int Image, int Number)[] views =
        [
            .. train
                .Views.Index()
                .Select(view => (view.Item, 1 + train.Views.Take(view.Index).Count(i => i == view.Item))),
        ];
        Assert.Equal(Enumerable.Range(0, 300).SelectMany(image => new[] { (image, 1), (image, 2) }), views);
        float[][] shown = [.. views.Select((_, view) => Row(train, train.Count + view))];
        Assert.Equal(600, shown.Select(row => string.Join(' ', row)).Distinct().Count());
        UInt128[] digests = new UInt128[train.Count];
        for (int image = 0; image < train.Count; image++)
        {
            digests[image] = DigestOf(train.Pictures, image);
        }

        UInt128[] keys = new FeatureViews(images with { Train = train.Pictures }, Viewed).Keys(image => digests[image]);
        for (int view = 0; view < views.Length; view += 70)
        {
            var draws = new Draws(new Draws(Viewed.Seed).At(DrawPurpose.View).NextBits());
            long place = (long)(ulong)keys[view];
            PixelBox part = Counterpoise.Data.Augmentations.RandomPart.Draw(
                stored,
                0.5,
                draws.At(DrawPurpose.RandomResizedCrop, 0, place)
            );
            bool flips = augmentation.Draw(draws, 0, place).Flip;
            using torch.Tensor picture = train.Pictures.Read([views[view].Image]);
            Assert.Equal(Resized(picture, part, size, flips), shown[view]);
        }
    }

    [Fact]
    public void A_view_is_the_same_in_another_part_fold_and_order()
    {
        using var first = new Pixels();
        using ImageData one = Computed(first, LongTailed with { HeldOutFolds = 3, HeldOutSplit = 0 });
        using var second = new Pixels();
        using ImageData two = Computed(second, LongTailed with { HeldOutFolds = 3, HeldOutSplit = 1 });
        using var third = new Pixels();
        using ImageData three = Computed(third, LongTailed with { HeldOutFolds = 3, HeldOutSplit = 1 });

        // Views of the fold that is trained on now, and where a class's number of images is another, one more.
        Assert.InRange(second.Images, 1, two.Train.Views.Count * 3 / 4);
        Assert.Equal(0, third.Images);
        int shared = one.Train.Views.Intersect(two.Train.Views).First();
        Assert.Equal(ViewOf(one, shared), ViewOf(two, shared));

        // Another seed of the data, or another change of pixels, makes other views.
        using var other = new Pixels();
        using ImageData four = Computed(
            other,
            LongTailed with
            {
                HeldOutFolds = 3,
                HeldOutSplit = 1,
                ColourJitter = 0.1,
            }
        );
        Assert.Equal(four.Train.Views.Count, other.Images);
        Assert.NotEqual(ViewOf(two, shared), ViewOf(four, shared));

        using ImageData turned = Synthetic();
        int[] backwards = [.. Enumerable.Range(0, turned.Train.Count).Reverse()];
        using var fifth = new Pixels();
        using ImageData five = new FeatureCache(folder.Path, fifth).Of(
            turned with
            {
                Train = new ImageSubset(turned.Train, backwards),
            },
            Viewed,
            null,
            TestContext.Current.CancellationToken
        );
        using var sixth = new Pixels();
        using ImageData six = Computed(sixth, Viewed);
        Assert.Equal(0, sixth.Images);
        Assert.Equal(ViewOf(six, 3), ViewOf(five, turned.Train.Count - 1 - 3));
    }

    [Fact]
    public void Views_that_were_computed_before_a_stop_are_not_computed_again_and_all_are_counted()
    {
        using var stop = new CancellationTokenSource();
        using var first = new Pixels { StopsAfter = (2_000 + 1_500, stop) };
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 200, testPerClass: 2);
        Assert.Throws<OperationCanceledException>(() =>
            new FeatureCache(folder.Path, first).Of(images, Viewed, null, stop.Token)
        );
        using var second = new Pixels();
        List<(int Done, int Total)> told = [];

        using ImageData resumed = new FeatureCache(folder.Path, second).Of(
            SyntheticImages.Open(0, trainPerClass: 200, testPerClass: 2),
            Viewed,
            new Telling(told.Add),
            TestContext.Current.CancellationToken
        );
        using var whole = new Pixels();
        using var elsewhere = new TemporaryFolder();
        using ImageData wanted = new FeatureCache(elsewhere.Path, whole).Of(
            SyntheticImages.Open(0, trainPerClass: 200, testPerClass: 2),
            Viewed,
            null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(4_000 - 1_024 + 20, second.Images);
        Assert.Equal((6_020, 6_020), told[^1]);
        int[] views = [.. Enumerable.Range(2_000, 4_000)];
        using torch.Tensor expected = wanted.Train.Read(views);
        using torch.Tensor found = resumed.Train.Read(views);
        Assert.Equal(expected.data<float>().ToArray(), found.data<float>().ToArray());
    }

    [Fact]
    public void A_step_draws_one_of_an_images_views_by_its_place()
    {
        using ImageData images = Computed(new Pixels(), LongTailed);
        TrainingData data = TrainingData.Prepare(images, LongTailed);
        int[] positions = [.. Enumerable.Repeat(data.Train.Count - 1, 6_000)];
        var changes = new BatchAugmentation(data.Augmentation, new Draws(5), Epoch: 1, FirstPlace: 100);
        int[] rows =
        [
            positions[0],
            .. data.Train.Views.Index().Where(v => v.Item == positions[0]).Select(v => data.Train.Count + v.Index),
        ];

        float[][] drawn = Rows(data.Train, positions, changes);
        float[][] later = Rows(data.Train, positions[..50], changes with { FirstPlace = 130 });

        Assert.Equal(drawn[30..80], later);
        string[] own = [.. Rows(data.Train, rows, null).Select(row => string.Join(' ', row))];
        Assert.Equal(1 + FeatureViews.OfClasses(2, data.ClassCounts)[data.Train.Labels[^1]], own.Length);
        int[] counts = [.. own.Select(row => drawn.Count(other => string.Join(' ', other) == row))];
        Assert.Equal(positions.Length, counts.Sum());
        double expected = (double)positions.Length / own.Length;
        Assert.All(counts, count => Assert.InRange(count, expected * 0.8, expected * 1.2));
        Assert.Equal(Row(data.Train, positions[0]), Rows(data.Train, [positions[0]], null)[0]);
    }

    private ImageData Computed(Pixels extractor, DataSettings settings) =>
        new FeatureCache(folder.Path, extractor).Of(Synthetic(), settings, null, TestContext.Current.CancellationToken);

    private static ImageData Synthetic() => SyntheticImages.Open(0, trainPerClass: 30, testPerClass: 1);

    private static float[] ViewOf(ImageData data, int image) =>
        Row(data.Train, data.Train.Count + data.Train.Views.ToList().IndexOf(image));

    private static float[] Row(IImageSource images, int position) => Rows(images, [position], null)[0];

    private static float[][] Rows(IImageSource images, int[] positions, BatchAugmentation? changes)
    {
        using torch.Tensor read = images.Read(positions, changes);
        return [.. read.data<float>().ToArray().Chunk(Pixels.Count)];
    }

    private static UInt128 DigestOf(IImageSource images, int image)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256
        );
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{images.Height} {images.Width} \n"));
        images.AppendIdentity([image], hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }

    private static unsafe float[] Resized(torch.Tensor picture, PixelBox part, int size, bool flips)
    {
        byte[] pixels = picture.bytes.ToArray();
        byte[] planes = new byte[3 * size * size];
        fixed (byte* source = pixels)
        {
            ImageResize.PartToPlanes(source, new PixelSize(32, 32), part, new PixelSize(size, size), planes);
        }

        for (int row = 0; flips && row < 3 * size; row++)
        {
            Array.Reverse(planes, row * size, size);
        }

        return Pixels.Of(planes);
    }

    private sealed class Telling(Action<(int, int)> take) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => take(value);
    }

    /// <summary>A few pixels of each image.</summary>
    private sealed class Pixels : IFeatureExtractor
    {
        internal const int Count = 37;

        public int Images { get; private set; }

        public (int Images, CancellationTokenSource Stop)? StopsAfter { get; init; }

        public string Name => "pixels";

        public string Identity => $"pixels {ImageSize}";

        public int Length => Count;

        public int ImageSize { get; init; } = 32;

        public int Threads { get; init; } = 1;

        public void Extract(ReadOnlySpan<byte> images, Span<float> features)
        {
            int each = 3 * ImageSize * ImageSize;
            for (int image = 0; image < images.Length / each; image++)
            {
                Of(images.Slice(image * each, each)).CopyTo(features[(image * Count)..]);
                Images++;
            }

            if (Images > StopsAfter?.Images)
            {
                StopsAfter.Value.Stop.Cancel();
            }
        }

        public void Dispose() { }

        internal static float[] Of(ReadOnlySpan<byte> pixels)
        {
            float[] some = new float[Count];
            for (int i = 0; i < Count; i++)
            {
                some[i] = pixels[(i * 83) % pixels.Length];
            }

            return some;
        }
    }
}
