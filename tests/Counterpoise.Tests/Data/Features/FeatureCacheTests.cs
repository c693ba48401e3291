using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using TorchSharp;

namespace Counterpoise.Tests.Data.Features;

public sealed class FeatureCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Features_are_computed_once_and_in_the_order_of_the_images()
    {
        using var first = new Means();
        using ImageData one = Computed(first);
        using var second = new Means();
        using ImageData two = Computed(second);

        Assert.Equal(1_050 * 10 + 20, first.Images);
        Assert.Equal(0, second.Images);
        using torch.Tensor pixels = one.Train.Pictures.Read([7, 9_999]);
        using torch.Tensor read = one.Train.Read([7, 9_999]);
        using torch.Tensor again = two.Train.Read([7, 9_999]);
        float[] expected = [.. Means.Of(pixels.bytes, 32)];
        Assert.Equal(expected, read.data<float>().ToArray());
        Assert.Equal(expected, again.data<float>().ToArray());
        Assert.Equal(one.Train.Labels, two.Train.Labels);
    }

    [Fact]
    public void What_was_computed_before_a_stop_is_not_computed_again()
    {
        using var stop = new CancellationTokenSource();
        using var first = new Means { StopsAfter = (3_000, stop) };
        using ImageData images = Synthetic();
        Assert.Throws<OperationCanceledException>(() =>
            new FeatureCache(folder.Path, first).Of(images, new DataSettings(), null, stop.Token)
        );
        using var second = new Means();

        using ImageData data = Computed(second);

        Assert.InRange(second.Images, 1, (1_050 * 10) + 20 - 2_048);
    }

    [Fact]
    public void Several_threads_make_the_same_and_tell_the_first_failure()
    {
        using var one = new Means();
        using ImageData expected = Computed(one);
        using var four = new Means { Identity = "four", Threads = 4 };
        using ImageData made = Computed(four);
        int[] all = [.. Enumerable.Range(0, expected.Train.Count)];
        using torch.Tensor by1 = expected.Train.Read(all);
        using torch.Tensor by4 = made.Train.Read(all);
        Assert.Equal(by1.data<float>().ToArray(), by4.data<float>().ToArray());

        using var failing = new Means
        {
            Identity = "failing",
            Threads = 4,
            Fails = true,
        };
        using ImageData images = Synthetic();
        var failure = Assert.Throws<CounterpoiseException>(() =>
            new FeatureCache(folder.Path, failing).Of(
                images,
                new DataSettings(),
                null,
                TestContext.Current.CancellationToken
            )
        );
        using torch.Tensor first = images.Train.Read([0]);
        Assert.Equal($"{Means.Of(first.bytes, 32)[0]}", failure.Message);
    }

    [Fact]
    public void A_damaged_file_is_made_anew_and_another_extractor_has_files_of_its_own()
    {
        using var first = new Means();
        using (Computed(first)) { }

        string[] files = Directory.GetFiles(folder.Path, "*.features", SearchOption.AllDirectories);
        byte[] content = File.ReadAllBytes(files[0]);
        content[^1] ^= 1;
        File.WriteAllBytes(files[0], content);
        File.WriteAllBytes(files[1], content[..100]);
        using var second = new Means();
        List<string> told = [];
        using ImageData two = Computed(second, messages: new Telling<string>(told.Add));
        using var other = new Means { Identity = "other" };
        using ImageData three = Computed(other);

        Assert.InRange(second.Images, 2, 2_048);
        Assert.Equal(2, told.Count);
        Assert.Contains(files[0], string.Join('\n', told), StringComparison.Ordinal);
        Assert.Equal((1_050 * 10) + 20, other.Images);
        Assert.Equal(
            2 * files.Length,
            Directory.GetFiles(folder.Path, "*.features", SearchOption.AllDirectories).Length
        );
    }

    [Fact]
    public void Features_of_images_that_are_not_trained_on_are_not_computed_and_those_of_others_are_shared()
    {
        using var first = new Means();
        var imbalanced = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 10 };
        using ImageData one = Computed(first, settings: imbalanced);
        int used = TrainingData.Selected(one, imbalanced).Length;
        using var second = new Means();
        using ImageData two = Computed(second);

        Assert.Equal(used + 20, first.Images);
        Assert.Equal((1_050 * 10) - used, second.Images);
    }

    [Fact]
    public void Images_that_were_decoded_in_another_way_have_features_of_their_own()
    {
        using var first = new Means();
        using (Computed(first)) { }

        using var second = new Means();
        ImageData other = Synthetic() with
        {
            Reading = new ImageReading(new ImageGeometry(32, 32, ResizeRule.Square)) { Background = new(1, 2, 3) },
        };
        using (Computed(second, other)) { }

        Assert.Equal(first.Images, second.Images);
    }

    [Fact]
    public void Images_of_another_size_are_resized()
    {
        using var extractor = new Means { ImageSize = 64 };
        using ImageData data = Computed(extractor, SyntheticImages.Open(0, trainPerClass: 1, testPerClass: 1));

        using torch.Tensor read = data.Test.Read([3]);
        using torch.Tensor pixels = data.Test.Pictures.Read([3]);
        float[] expected = [.. Means.Of(pixels.bytes, 32)];
        Assert.Equal(expected, read.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1);
    }

    [Fact]
    public void Progress_counts_all_images()
    {
        List<(int, int)> told = [];
        using var extractor = new Means();
        using ImageData data = Computed(extractor, progress: new Telling<(int, int)>(told.Add));

        Assert.Equal((10_520, 10_520), told[^1]);
    }

    private ImageData Computed(
        Means extractor,
        ImageData? images = null,
        DataSettings? settings = null,
        IProgress<(int Done, int Total)>? progress = null,
        IProgress<string>? messages = null
    ) =>
        new FeatureCache(folder.Path, extractor, messages).Of(
            images ?? Synthetic(),
            settings ?? new DataSettings(),
            progress,
            TestContext.Current.CancellationToken
        );

    private static ImageData Synthetic() => SyntheticImages.Open(0, trainPerClass: 1_050, testPerClass: 2);

    private sealed class Telling<T>(Action<T> take) : IProgress<T>
    {
        public void Report(T value) => take(value);
    }

    /// <summary>The mean of each channel.</summary>
    private sealed class Means : IFeatureExtractor
    {
        public int Images { get; private set; }

        public (int Images, CancellationTokenSource Stop)? StopsAfter { get; init; }

        public bool Fails { get; init; }

        public string Name => "means";

        public string Identity { get; init; } = "means";

        public int Length => 3;

        public int ImageSize { get; init; } = 32;

        public int Threads { get; init; } = 1;

        public void Extract(ReadOnlySpan<byte> images, Span<float> features)
        {
            float[] means = [.. Of(images, ImageSize)];
            if (Fails)
            {
                throw new CounterpoiseException($"{means[0]}");
            }

            means.CopyTo(features);
            Images += means.Length / 3;
            if (Images > StopsAfter?.Images)
            {
                StopsAfter.Value.Stop.Cancel();
            }
        }

        public void Dispose() { }

        internal static float[] Of(ReadOnlySpan<byte> images, int size)
        {
            float[] means = new float[images.Length / (size * size)];
            for (int plane = 0; plane < means.Length; plane++)
            {
                int sum = 0;
                foreach (byte value in images.Slice(plane * size * size, size * size))
                {
                    sum += value;
                }

                means[plane] = (float)sum / (size * size);
            }

            return means;
        }
    }
}
