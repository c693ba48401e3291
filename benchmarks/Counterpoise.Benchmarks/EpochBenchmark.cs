using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Benchmarks;

/// <summary>What an epoch costs beyond its steps: sampling, reading, augmentation, metrics and the checkpoint.</summary>
/// <remarks>The images are generated, as many of each class as in long-tailed CIFAR-10 with rho = 100.</remarks>
internal sealed class EpochBenchmark : IBenchmark
{
    private const int UsualRounds = 3;

    public string Name => "epoch";

    public string Summary =>
        "the training pass of an epoch of long-tailed CIFAR-10's size (generated images) against as many bare steps";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        Allocator.KeepFreedMemory();
        torch.set_num_threads(options.Threads);
        Workload workload = options.Workload;
        Recipe recipe = workload.Recipe("erm");
        using ImageData images = GeneratedImages.DataSet(workload.EpochCounts, workload.TestImages);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        int classes = data.Train.Classes.Count;
        using var training = new EpochByEpoch(recipe, data, options.Execution);
        using var bare = new OurSteps(workload, classes, options.Execution);
        using StagedNetwork network = NetworkCatalogue.Find(workload.Model).Create(classes, new Draws(0));
        using var input = new InputPipeline(data.Normalisation, options.Execution);

        var epoch = new Contestant("epoch", training.Next);
        var steps = new Contestant("its steps", () => bare.Train(recipe.Phases[0], data.Train.Count));
        var testing = new Contestant(
            "evaluation",
            () =>
                Turn.Measure(
                    data.Test.Count,
                    () => Classifier.Predict(network, data.Test, input, CancellationToken.None)
                )
        );
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [epoch, steps, testing]);
        return
        [
            Figure.Ratio("epoch_over_steps", Figure.TimesAsLong, epoch.Seconds, steps.Seconds),
            new Figure("epoch_seconds", "s", epoch.Seconds),
            new Figure("steps_seconds", "s", steps.Seconds),
            new Figure("images_per_second", "images/s", epoch.PerSecond),
            new Figure("evaluation_seconds", $"s for {data.Test.Count} images", testing.Seconds),
        ];
    }
}
