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
        RunSpecification run = RunSpecification.Of(folder);
        IReadOnlyList<string> classes = RunSpecification.ClassesOf(folder);
        if (!images.Classes.SequenceEqual(classes))
        {
            throw new CounterpoiseException(
                $"{folder.Path} was trained on {classes.Count} classes ({string.Join(", ", classes.Take(5))}, ...), but these images have "
                    + $"{images.Classes.Count} ({string.Join(", ", images.Classes.Take(5))}, ...); give data with the same class names."
            );
        }

        string file =
            checkpoint
            ?? (
                folder.Checkpoints is [.., var last]
                    ? last.Path
                    : throw new CounterpoiseException(
                        $"{folder.Path} has no checkpoint yet; 'counterpoise resume {folder.Path}' trains on."
                    )
            );
        // A network that was trained on a GPU can be tested where there is none.
        Execution execution = Execution.Resolve(run.Execution.Threads, "auto", run.Execution.Precision);
        set_num_threads(execution.Threads);
        using var state = new TrainingState(run.Recipe, classes.Count, execution);
        using var input = new InputPipeline(RunSpecification.NormalisationOf(folder), execution);
        state.RestoreFrom(file);
        return ClassificationMetrics.Of(
            Classifier.Predict(state.Network, images, input, stop),
            images.Labels,
            RunSpecification.ClassCountsOf(folder)
        );
    }
}
