using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Runs;

namespace Counterpoise.Results;

/// <summary>Tests the network of a run folder.</summary>
internal static class CheckpointEvaluation
{
    /// <summary>Classifies images with a run's network.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="images">Images of the run's classes and size; they are normalised as in the run's training.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <param name="groups">The group of each image; null for none.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="CounterpoiseException">
    /// There is no checkpoint, it is damaged, or the images are of other classes or another size.
    /// </exception>
    public static PredictedImages Classify(
        RunFolder folder,
        IImageSource images,
        string? checkpoint = null,
        IReadOnlyList<int>? groups = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(images);
        CheckpointNetwork.RequireFit(folder, images);
        using var run = new CheckpointNetwork(folder, checkpoint ?? LastCheckpoint(folder));
        return PredictedImages.Of(images, Classifier.Probabilities(run.Network, images, run.Input, stop), groups);
    }

    /// <summary>The last checkpoint of a run.</summary>
    /// <exception cref="CounterpoiseException">There is none yet.</exception>
    public static string LastCheckpoint(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.Checkpoints is [.., var last]
            ? last.Path
            : throw new CounterpoiseException(
                $"{folder.Path} has no checkpoint yet; 'counterpoise resume {folder.Path}' trains on."
            );
    }
}
