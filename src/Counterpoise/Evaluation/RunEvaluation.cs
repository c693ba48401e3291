using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Evaluation;

/// <summary>Tests the network of a run folder.</summary>
public static class RunEvaluation
{
    /// <summary>Classifies images with a run's network.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="images">Images of the run's classes and size; they are normalised as in the run's training.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="CounterpoiseException">
    /// There is no checkpoint, it is damaged, or the images are of other classes or another size.
    /// </exception>
    public static ClassificationMetrics Evaluate(
        RunFolder folder,
        IImageSource images,
        string? checkpoint = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(images);
        // A network that was trained on a GPU can be tested where there is none.
        RunSpecification run = RunSpecification.Of(folder, device: "auto");
        IReadOnlyList<string> classes = RunSpecification.ClassesOf(folder);
        if (!images.Classes.SequenceEqual(classes))
        {
            throw new CounterpoiseException(
                $"{folder.Path} was trained on {classes.Count} classes ({string.Join(", ", classes.Take(5))}, ...), but these images have "
                    + $"{images.Classes.Count} ({string.Join(", ", images.Classes.Take(5))}, ...); give data with the same class names."
            );
        }

        int size = run.Recipe.Data.ImageSize;
        if (images.Height != size || images.Width != size)
        {
            throw new CounterpoiseException(
                $"{folder.Path} was trained on images of {size}x{size}, but these have {images.Width}x{images.Height}; give images of that size."
            );
        }

        set_num_threads(run.Execution.Threads);
        using var state = new TrainingState(run.Recipe, classes.Count, run.Execution);
        using var input = new InputPipeline(RunSpecification.NormalisationOf(folder), run.Execution);
        state.RestoreFrom(checkpoint ?? LastCheckpoint(folder));
        return ClassificationMetrics.Of(
            Classifier.Predict(state.Network, images, input, stop),
            images.Labels,
            RunSpecification.ClassCountsOf(folder)
        );
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
