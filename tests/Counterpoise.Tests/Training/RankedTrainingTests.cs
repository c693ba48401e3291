using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>Several ranks train what one trains, but for rounding.</summary>
public sealed class RankedTrainingTests
{
    [Theory]
    [InlineData("erm", BatchNormalisationMode.Synchronised)]
    [InlineData("mfw", BatchNormalisationMode.Synchronised)]
    [InlineData("mfw", BatchNormalisationMode.Frozen)]
    [InlineData("mfw+drw", BatchNormalisationMode.Synchronised)]
    [InlineData("manifold-mixup", BatchNormalisationMode.Synchronised)]
    [InlineData("class-balanced", BatchNormalisationMode.Frozen)]
    [InlineData("seql", BatchNormalisationMode.Synchronised)]
    [InlineData("bbn", BatchNormalisationMode.Synchronised)]
    [InlineData("nearest-mean", BatchNormalisationMode.Synchronised)]
    public void Two_ranks_give_the_weights_of_one_after_a_step(string methods, BatchNormalisationMode mode) =>
        AssertSame(methods, mode, batchSize: 1000, epochs: 1, tolerance: 1e-5);

    [Theory]
    [InlineData("mfw", BatchNormalisationMode.Synchronised)]
    [InlineData("mfw", BatchNormalisationMode.Frozen)]
    public void Two_ranks_give_the_weights_of_one_after_twenty_steps(string methods, BatchNormalisationMode mode) =>
        AssertSame(methods, mode, batchSize: 1000, epochs: 20, tolerance: 1e-3);

    [Fact]
    public void Two_ranks_fine_tune_to_the_weights_of_one()
    {
        Recipe recipe = FineTuningTests
            .Settings.Append("training.learning_rate=1e-5")
            .Aggregate(Recipe("mfw", BatchNormalisationMode.Synchronised, 1000, 2), RecipeText.Set)
            .Resolve();
        (var one, _) = Train(recipe with { Mixing = new MixingSettings { Groups = 2 } }, 1);
        (var two, _) = Train(recipe, 2);

        double distance = Distance(one, two);
        Assert.True(distance < 1e-3, $"They differ by {distance:E2}.");
        Assert.Contains(two.Keys, name => name.StartsWith("ema.", StringComparison.Ordinal));
    }

    /// <summary>Each rank has running statistics of its own, and averages of them, which after a step are the same.</summary>
    [Fact]
    public void Averages_of_running_statistics_are_those_of_all_ranks()
    {
        Recipe recipe = RecipeText.Set(Recipe("erm", BatchNormalisationMode.Local, 1000, 1), "training.ema=0.9");

        (var saved, _) = Train(recipe, 2);

        string[] running = [.. saved.Keys.Where(name => name.StartsWith("ema.", StringComparison.Ordinal))];
        Assert.Contains("ema.layer1.0.bn1.running_mean", running);
        Assert.All(running, name => Assert.Equal(saved[name["ema.".Length..]], saved[name]));
    }

    [Fact]
    public void Two_ranks_change_photographs_as_one_does() =>
        AssertSame(
            "mfw",
            BatchNormalisationMode.Synchronised,
            batchSize: 1000,
            epochs: 1,
            tolerance: 1e-5,
            "data.pad=0",
            "data.random_resized_crop=0.2",
            "data.colour_jitter=0.4",
            "data.hue_jitter=0.1",
            "data.rand_augment=2"
        );

    [Fact]
    public void Three_ranks_of_unequal_shares_take_the_same_statistics()
    {
        Recipe recipe = Recipe("mfw", BatchNormalisationMode.Synchronised, 1000, 1) with
        {
            Mixing = new MixingSettings { Groups = 3 },
        };

        (var one, string oneLine) = Train(recipe, 1, statistics: true);
        (var three, string threeLine) = Train(recipe, 3, statistics: true);

        Assert.True(Distance(one, three) < 1e-5);
        Assert.Equal(Rounded(oneLine), Rounded(threeLine));
    }

    [Fact]
    public void A_batch_with_fewer_images_than_ranks_is_refused()
    {
        using var folder = new TemporaryFolder();
        UsageException error = Assert.Throws<UsageException>(() =>
            Train(Recipe("erm", BatchNormalisationMode.Local, 5, 1), 6)
        );

        Assert.Contains("training.batch_size is 5", error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(
        string methods,
        BatchNormalisationMode mode,
        int batchSize,
        int epochs,
        double tolerance,
        params string[] settings
    )
    {
        Recipe recipe = settings.Aggregate(Recipe(methods, mode, batchSize, epochs), RecipeText.Set).Resolve();
        (var one, _) = Train(recipe with { Mixing = new MixingSettings { Groups = 2 } }, 1);
        (var two, _) = Train(recipe, 2);

        double distance = Distance(one, two);
        Assert.True(distance < tolerance, $"The weights differ by {distance:E2}.");
        (var grouped, _) = Train(recipe, 1);
        bool mixes = recipe.Phases[0].Mixer is not null;
        Assert.Equal(mixes, Distance(one, grouped) > 0); // The groups matter, or the test would show nothing.
    }

    /// <summary>Batches that are the whole training set where they can be.</summary>
    private static Recipe Recipe(string methods, BatchNormalisationMode mode, int batchSize, int epochs)
    {
        Recipe recipe = SmallTraining.Recipe(methods, epochs);
        using ImageData images = SmallImages();
        int count = TrainingData.Prepare(images, recipe.Data).Train.Count;
        return (
            recipe with
            {
                Training = recipe.Training with
                {
                    BatchSize = Math.Min(batchSize, count),
                    BatchNorm = mode,
                    Warmup = 0,
                    LearningRate = mode == BatchNormalisationMode.Frozen ? 1e-4 : 0.01,
                },
            }
        ).Resolve();
    }

    private static ImageData SmallImages() => SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);

    private static (Dictionary<string, float[]> Parameters, string Metrics) Train(
        Recipe recipe,
        int count,
        bool statistics = false
    )
    {
        using var folder = new TemporaryFolder();
        using ImageData images = SmallImages();
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        using var run = RunFolder.Create(folder["run"], RecipeText.Write(recipe), new RunDescription());
        ThreadRanks.Run(
            count,
            ranks =>
                new Trainer(
                    recipe,
                    data,
                    run,
                    new Execution(1, "cpu", Precision.Fp32),
                    new SmallTraining.SilentObserver()
                )
                {
                    Ranks = ranks,
                    StatisticsEvery = statistics ? 1 : 0,
                }.Run(CancellationToken.None)
        );
        using var scope = NewDisposeScope();
        Checkpoint checkpoint = Checkpoint.Load(run.Checkpoints[^1].Path);
        return (
            checkpoint
                .Tensors.Where(pair => pair.Value.dtype == ScalarType.Float32)
                .Where(pair => !pair.Key.StartsWith("momentum", StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key, pair => pair.Value.data<float>().ToArray(), StringComparer.Ordinal),
            run.ReadMetrics().Last().ToJsonString()
        );
    }

    /// <summary>The norm of the difference over that of the numbers.</summary>
    private static double Distance(Dictionary<string, float[]> first, Dictionary<string, float[]> second)
    {
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), second.Keys.Order(StringComparer.Ordinal));
        double difference = first.Sum(pair => pair.Value.Zip(second[pair.Key], (a, b) => Math.Pow(a - b, 2)).Sum());
        return Math.Sqrt(difference / first.Sum(pair => pair.Value.Sum(number => Math.Pow(number, 2))));
    }

    /// <summary>A line of metrics without what is measured, numbers to four digits.</summary>
    private static string Rounded(string line)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(line)!.AsObject();
        foreach (
            string key in (string[])["seconds", "images_per_second", "peak_memory_mb", "ranks", "exchange_seconds"]
        )
        {
            json.Remove(key);
        }

        json["statistics"]!.AsObject().Remove("seconds");
        return System.Text.RegularExpressions.Regex.Replace(
            json.ToJsonString(),
            @"-?\d+\.\d+(E-?\d+)?",
            match => double.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture).ToString("G4"),
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5)
        );
    }
}
