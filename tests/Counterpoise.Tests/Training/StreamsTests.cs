using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Data;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class StreamsTests
{
    private static readonly int[] Labels = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2];

    [Fact]
    public void The_first_streams_draws_are_those_of_a_single_one_and_the_seconds_are_others()
    {
        StepContext single = Contexts.At([6, 2, 2], epoch: 1, firstPlace: 4);
        var mixer = new Mfw { Beta = 2 };
        Mixing alone = mixer.Mix(single, Labels)!;
        Mixing first = mixer.Mix(single.InStream(0), Labels)!;
        Mixing second = mixer.Mix(single.InStream(1), Labels)!;

        Assert.Equal(alone.FeatureWeight, first.FeatureWeight);
        Assert.Equal(alone.Partner, first.Partner);
        Assert.All(alone.FeatureWeight.Zip(second.FeatureWeight), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.NotEqual(alone.Partner, second.Partner);
    }

    [Fact]
    public void Bbn_augments_and_mixes_its_two_streams_apart_and_the_first_as_a_plain_training_does()
    {
        (List<BatchAugmentation> read, List<long> mixed) = Train("erm");
        (List<BatchAugmentation> both, List<long> bothMixed) = Train("bbn");
        BatchAugmentation[] first = [.. both.Where((_, i) => i % 2 == 0)];
        BatchAugmentation[] second = [.. both.Where((_, i) => i % 2 == 1)];

        Assert.Equal(6, read.Count);
        Assert.Equal(Drawn(read), Drawn(first));
        string[] apart = [.. Drawn(second)];
        Assert.Equal(6, second.Length);
        Assert.Empty(apart.Intersect(Drawn(first)));
        Assert.Equal(apart, apart.Distinct());
        Assert.Equal(mixed, bothMixed.Where((_, i) => i % 2 == 0));
        Assert.Empty(bothMixed.Where((_, i) => i % 2 == 1).Intersect(mixed));
    }

    [Fact]
    public void Bbns_second_stream_has_the_class_sizes_reversed()
    {
        const int epochs = 400;
        int[] seen = new int[3];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            int[][] streams = new Bbn().Streams(Labels, new Draws(1), epoch);
            Assert.Equal(2, streams.Length);
            Assert.Equal(Enumerable.Range(0, Labels.Length), streams[0].Order());
            foreach (int position in streams[1])
            {
                seen[Labels[position]]++;
            }
        }

        double total = (1.0 / 6) + 0.5 + 0.5; // N_max / N_c is 1, 3 and 3.
        Assert.Equal(
            [1.0 / 6 / total, 0.5 / total, 0.5 / total],
            seen.Select(n => n / (epochs * 10.0)),
            (a, b) => Math.Abs(a - b) < 0.03
        );
    }

    private static IEnumerable<string> Drawn(IEnumerable<BatchAugmentation> batches) =>
        batches.Select(batch => string.Join(' ', Enumerable.Range(0, 4).Select(i => batch.At(i))));

    /// <summary>Trains two epochs of three steps, and notes how images were augmented and batches placed.</summary>
    private static (List<BatchAugmentation> Read, List<long> Mixed) Train(string methods)
    {
        using var folder = new TemporaryFolder();
        var mixer = new PlaceMixer();
        Recipe recipe = SmallTraining.Recipe(methods, epochs: 2).With(mixer);
        recipe = recipe with
        {
            Data = recipe.Data with { Imbalance = ImbalanceKind.Natural, ImageSize = 16, Pad = 8 },
            Training = recipe.Training with { BatchSize = 4 },
        };
        using var train = new NotingSource(TestImages.Random(12, 16, 16));
        using var images = new ImageData("test", train, TestImages.Random(4, 16, 16), []);
        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);
        return (train.Augmentations, mixer.Places);
    }

    private sealed record PlaceMixer : Method, IMixer
    {
        public List<long> Places { get; } = [];

        public override string Name => "places";

        public override string Summary => "notes the places of batches";

        public IReadOnlyList<int> Stages => [0];

        public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
        {
            Places.Add(context.FirstPlace);
            return null;
        }

        public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);
    }

    private sealed class NotingSource(IImageSource images) : IImageSource
    {
        public List<BatchAugmentation> Augmentations { get; } = [];

        public int Count => images.Count;

        public int Height => images.Height;

        public int Width => images.Width;

        public IReadOnlyList<string> Classes => images.Classes;

        public IReadOnlyList<int> Labels => images.Labels;

        public Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
        {
            if (augmentation is { } own)
            {
                Augmentations.Add(own);
            }

            return images.Read(positions, augmentation);
        }

        public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash) =>
            images.AppendIdentity(positions, hash);

        public void Dispose() => images.Dispose();
    }
}
