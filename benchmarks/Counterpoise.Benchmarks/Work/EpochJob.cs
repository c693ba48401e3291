using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Recipes;
using Counterpoise.Runtime;

namespace Counterpoise.Benchmarks.Work;

/// <summary>A training of ours, an epoch a turn, in a process of its own.</summary>
internal sealed class EpochJob : IJob
{
    internal const string Name = "epochs";
    internal const string Epoch = "epoch";

    private readonly ImageData images;
    private readonly EpochByEpoch training;

    internal EpochJob(WorkerSettings settings)
    {
        Allocator.KeepFreedMemory();
        Workload workload = settings.Workload;
        images = settings.Data is { } path ? ImageDataSource.Open(path) : Few(workload, settings.Classes);
        Recipe recipe = workload.Recipe(settings.Methods);
        training = new EpochByEpoch(recipe, TrainingData.Prepare(images, recipe.Data), settings.Execution);
    }

    public Turn Run(string turn) =>
        turn == Epoch ? training.Next() : throw new UsageException($"turn '{turn}' is not known.");

    public void Dispose()
    {
        training.Dispose();
        images.Dispose();
    }

    private static ImageData Few(Workload workload, int classes)
    {
        InMemoryImages train = GeneratedImages.Spread(workload.ImagesPerTurn, classes, seed: 5);
        return new ImageData("generated", train, GeneratedImages.Spread(workload.BatchSize, classes, seed: 6), []);
    }
}
