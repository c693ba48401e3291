using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Data;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("erm")]
    [InlineData("mfw")]
    [InlineData("class-balanced")]
    [InlineData("mfw+drw")]
    public void The_loss_falls_over_the_epochs(string methods)
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 30, testPerClass: 2);

        using RunFolder run = SmallTraining.Train(folder["run"], SmallTraining.Recipe(methods, epochs: 6), images);

        double[] losses = [.. run.ReadMetrics().Select(line => (double)line["loss"]!)];
        Assert.Equal(6, losses.Length);
        Assert.True(losses[^1] < 0.95 * losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void Held_out_images_never_train_and_are_reported()
    {
        const int perClass = 3;
        Recipe recipe = SmallTraining.Recipe("mfw", epochs: 2);
        recipe = recipe with
        {
            Data = recipe.Data with { Imbalance = ImbalanceKind.Natural, HeldOut = perClass, ImageSize = 8, Pad = 1 },
            Training = recipe.Training with { BatchSize = 8, EvaluateEvery = 1 },
        };
        using var train = new NotingSource(TestImages.Random(20, 8, 8));
        using var images = new ImageData("test", train, TestImages.Random(6, 8, 8), []);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        train.Clear();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        Assert.Equal(20 - (2 * perClass), train.Trained.Count);
        Assert.Equal(Enumerable.Range(0, 20), train.Trained.Union(train.Evaluated).Order());
        Assert.Equal([7, 7], data.ClassCounts);
        Assert.Equal(2 * perClass, data.HeldOut!.Count);
        Assert.All(run.ReadMetrics(), line => Assert.InRange((double)line["held_out_accuracy"]!, 0, 100));
        Assert.Equal(
            run.ReadMetrics().Last()["held_out_balanced_accuracy"]!.ToJsonString(),
            run.Result!["held_out_balanced_accuracy"]!.ToJsonString()
        );
    }

    [Fact]
    public void A_warm_up_longer_than_the_training_is_warned_of_and_trains_at_a_rising_rate()
    {
        Recipe recipe = Tiny(epochs: 2);
        recipe = recipe with { Training = recipe.Training with { Warmup = 8 } };
        using ImageData images = TinyImages();

        IReadOnlyList<string> warnings = Trainer.Check(recipe, TrainingData.Prepare(images, recipe.Data));
        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        Assert.Contains(
            warnings,
            line =>
                line.StartsWith(
                    "training.schedule never acts: it begins after epoch 8, at the end of training.warmup",
                    StringComparison.Ordinal
                )
        );
        double[] rates = [.. run.ReadMetrics().Select(line => (double)line["learning_rate"]!)];
        Assert.Equal([0.05 / 8, 0.05 / 4], rates, new Near(1e-12));
    }

    [Fact]
    public void Checkpoints_are_kept_every_so_many_epochs_besides_the_last_two()
    {
        using ImageData images = TinyImages();

        using RunFolder run = SmallTraining.Train(folder["run"], Tiny(epochs: 8), images, keepEvery: 3);

        Assert.Equal([3, 6, 7, 8], run.Checkpoints.Select(checkpoint => checkpoint.Epoch));
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_does_not()
    {
        using ImageData images = TinyImages();

        byte[] first = WeightsAfter("first", seed: 1);
        byte[] second = WeightsAfter("second", seed: 1);
        byte[] other = WeightsAfter("other", seed: 2);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        byte[] WeightsAfter(string name, ulong seed)
        {
            using RunFolder run = SmallTraining.Train(folder[name], Tiny(epochs: 2, seed), images);
            Checkpoint checkpoint = Checkpoint.Load(run.Checkpoints[^1].Path);
            byte[] bytes =
            [
                .. checkpoint
                    .Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .SelectMany(p => p.Value.bytes.ToArray()),
            ];
            foreach (Tensor tensor in checkpoint.Tensors.Values)
            {
                tensor.Dispose();
            }

            return bytes;
        }
    }

    [Fact]
    public void Metrics_and_result_hold_what_was_measured()
    {
        using ImageData images = TinyImages();

        using RunFolder run = SmallTraining.Train(folder["run"], Tiny(epochs: 2), images);

        Assert.All([.. run.ReadMetrics(), run.Result!], AssertMeasured);
        Assert.Equal([1, 2], run.ReadMetrics().Select(line => (int)line["epoch"]!));
        Assert.Equal([false, true], run.ReadMetrics().Select(line => line.ContainsKey("accuracy")));

        static void AssertMeasured(JsonObject line)
        {
            double images = (double)line["images_per_second"]! * (double)line["seconds"]!;
            Assert.Equal(12, images, 1e-6);
            Assert.InRange((double)line["peak_memory_mb"]!, 10, 100_000);
        }
    }

    private static Recipe Tiny(int epochs, ulong seed = 0)
    {
        Recipe recipe = SmallTraining.Recipe("mfw+drw", epochs, seed);
        return recipe with
        {
            Data = recipe.Data with { Imbalance = ImbalanceKind.Natural, ImageSize = 8, Pad = 1 },
            Training = recipe.Training with { BatchSize = 12 },
        };
    }

    private static ImageData TinyImages() => new("test", TestImages.Random(12, 8, 8), TestImages.Random(6, 8, 8), []);

    /// <summary>Notes which images are read for training, that is changed at random, and which as they are.</summary>
    private sealed class NotingSource(IImageSource images) : IImageSource
    {
        public HashSet<int> Trained { get; } = [];

        public HashSet<int> Evaluated { get; } = [];

        public int Count => images.Count;

        public int Height => images.Height;

        public int Width => images.Width;

        public IReadOnlyList<string> Classes => images.Classes;

        public IReadOnlyList<int> Labels => images.Labels;

        public void Clear()
        {
            Trained.Clear();
            Evaluated.Clear();
        }

        public Tensor Read(ReadOnlySpan<int> positions, BatchAugmentation? augmentation = null)
        {
            (augmentation is null ? Evaluated : Trained).UnionWith(positions.ToArray());
            return images.Read(positions, augmentation);
        }

        public void AppendIdentity(ReadOnlySpan<int> positions, IncrementalHash hash) =>
            images.AppendIdentity(positions, hash);

        public void Dispose() => images.Dispose();
    }
}
