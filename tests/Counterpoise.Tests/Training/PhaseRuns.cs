using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>Small trainings in one or two phases, unless said otherwise of 36 synthetic images of ten classes: three steps an epoch.</summary>
/// <param name="perClass">Images of the largest class.</param>
internal sealed class PhaseRuns(int perClass = 10) : IDisposable
{
    /// <summary>Epochs of the first phase.</summary>
    public const int Epochs = 2;

    private readonly TemporaryFolder folder = new();
    private readonly List<RunFolder> open = [];

    public ImageData Images { get; } = SyntheticImages.Open(0, perClass, testPerClass: 2);

    public static Execution Execution { get; } = new(1, "cpu", Precision.Fp32);

    /// <summary>A recipe of methods with settings.</summary>
    public static Recipe Recipe(string methods, params string[] settings) =>
        settings.Aggregate(SmallTraining.Recipe(methods, Epochs), RecipeText.Set).Resolve();

    public TrainingData Data(Recipe recipe) => TrainingData.Prepare(Images, recipe.Data);

    /// <summary>A new run folder, or the one there is.</summary>
    public RunFolder Open(string name, Recipe recipe)
    {
        RunFolder run = new TrainingPlan(recipe, SyntheticImages.Name, false, Execution).OpenOrCreate(
            folder[name],
            Data(recipe),
            "test"
        );
        open.Add(run);
        return run;
    }

    /// <summary>Trains to the end.</summary>
    public RunFolder Train(string name, Recipe recipe)
    {
        RunFolder run = Open(name, recipe);
        Assert.Equal(TrainingOutcome.Finished, Run(run, recipe, new Watcher(_ => { }), CancellationToken.None));
        return run;
    }

    /// <summary>Trains until something happens, and closes the run.</summary>
    /// <param name="name">The run folder's name.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="moment"><c>step 3.2</c> (epoch and step, from 1), <c>epoch 2</c>, or the beginning of a message.</param>
    public void TrainUntil(string name, Recipe recipe, string moment)
    {
        using var stop = new CancellationTokenSource();
        var watcher = new Watcher(what =>
        {
            if (what.StartsWith(moment, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        using RunFolder run = Open(name, recipe);
        Assert.Equal(TrainingOutcome.Interrupted, Run(run, recipe, watcher, stop.Token));
        Assert.Null(run.Result);
    }

    /// <summary>The tensors of a checkpoint, as numbers.</summary>
    public static Dictionary<string, double[]> Numbers(CheckpointFile file) => Read(file, Tests.Numbers.Of);

    /// <summary>The tensors of a run's last checkpoint, as numbers.</summary>
    public static Dictionary<string, double[]> Numbers(RunFolder run) => Numbers(run.Checkpoints[^1]);

    /// <summary>A network with the stages that a checkpoint holds.</summary>
    public static StagedNetwork Network(RunFolder run, int epoch)
    {
        StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(99));
        Checkpoint checkpoint = Checkpoint.Load(run.Checkpoints.Single(file => file.Epoch == epoch).Path);
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            if (!name.StartsWith("linear.", StringComparison.Ordinal))
            {
                tensor.copy_(checkpoint.Tensors[name]);
            }
        }

        Dispose(checkpoint);
        network.eval();
        return network;
    }

    /// <summary>The last map of images as they are, in rows: [N, channels x places].</summary>
    public static double[] Map(StagedNetwork network, TrainingData data, IImageSource images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var input = new InputPipeline(data.Normalisation, Execution);
        return Tests.Numbers.Of(network.Map(input.Prepare(images.Read([.. Enumerable.Range(0, images.Count)]))));
    }

    /// <summary>Asserts that two runs ended with the same bits and measured the same but for times and memory.</summary>
    public static void AssertSame(RunFolder expected, RunFolder actual)
    {
        Dictionary<string, string> first = Read(expected.Checkpoints[^1], Bits);
        Dictionary<string, string> second = Read(actual.Checkpoints[^1], Bits);
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), second.Keys.Order(StringComparer.Ordinal));
        Assert.All(first, pair => Assert.True(pair.Value == second[pair.Key], pair.Key));
        Assert.Equal(expected.ReadMetrics().Select(Computed), actual.ReadMetrics().Select(Computed));
        Assert.Equal(Computed(expected.Result!), Computed(actual.Result!));
    }

    public void Dispose()
    {
        foreach (RunFolder run in open)
        {
            run.Dispose();
        }

        Images.Dispose();
        folder.Dispose();
    }

    private static string Bits(Tensor tensor) => Convert.ToHexString(tensor.contiguous().bytes.ToArray());

    private static string Computed(JsonObject metrics)
    {
        foreach (string key in new[] { "seconds", "images_per_second", "peak_memory_mb" })
        {
            Assert.True(metrics.Remove(key), key);
        }

        metrics.Remove("training_seconds");
        metrics.Remove("statistics_seconds");
        (metrics["statistics"] as JsonObject)?.Remove("seconds");
        return metrics.ToJsonString();
    }

    private static Dictionary<string, T> Read<T>(CheckpointFile file, Func<Tensor, T> take)
    {
        Checkpoint checkpoint = Checkpoint.Load(file.Path);
        var values = checkpoint.Tensors.ToDictionary(pair => pair.Key, pair => take(pair.Value));
        Dispose(checkpoint);
        return values;
    }

    private static void Dispose(Checkpoint checkpoint)
    {
        foreach (Tensor tensor in checkpoint.Tensors.Values)
        {
            tensor.Dispose();
        }
    }

    private TrainingOutcome Run(RunFolder run, Recipe recipe, ITrainingObserver observer, CancellationToken stop) =>
        new Trainer(recipe, Data(recipe), run, Execution, observer).Run(stop);

    /// <summary>Tells what happens in a line each.</summary>
    private sealed class Watcher(Action<string> see) : ITrainingObserver
    {
        public void OnStep(TrainingProgress progress) => see($"step {progress.Epoch}.{progress.Step}");

        public void OnEpoch(EpochMetrics metrics) => see($"epoch {metrics.Epoch}");

        public void OnMessage(string message) => see(message);
    }
}
