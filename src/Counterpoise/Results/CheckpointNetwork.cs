using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Results;

/// <summary>The network of a run folder as it was at a checkpoint, and what prepares images for it.</summary>
internal sealed class CheckpointNetwork : IDisposable
{
    private readonly TrainingState state;

    /// <param name="folder">The run, finished or not.</param>
    /// <param name="checkpoint">The checkpoint file.</param>
    /// <exception cref="CounterpoiseException">The checkpoint is damaged or of another network.</exception>
    internal CheckpointNetwork(RunFolder folder, string checkpoint)
    {
        // A network that was trained on a GPU can be used where there is none.
        TrainingPlan run = TrainingPlan.Of(folder, ResumeOptions.AnyDevice);
        set_num_threads(run.Execution.Threads);
        state = new TrainingState(run.Recipe, TrainingPlan.ClassesOf(folder).Count, run.Execution);
        Input = new InputPipeline(TrainingPlan.NormalisationOf(folder), run.Execution);
        try
        {
            state.RestoreFrom(checkpoint);
            state.TakeAverage();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal StagedNetwork Network => state.Network;

    internal InputPipeline Input { get; }

    /// <summary>Completed epochs.</summary>
    internal int Epoch => state.Epoch;

    /// <summary>Checks that images are what a run's network was made for.</summary>
    /// <exception cref="CounterpoiseException">They are of other classes or another size.</exception>
    internal static void RequireFit(RunFolder folder, IImageSource images)
    {
        IReadOnlyList<string> classes = TrainingPlan.ClassesOf(folder);
        if (!images.Classes.SequenceEqual(classes))
        {
            throw new CounterpoiseException(
                $"{folder.Path} was trained on {classes.Count} classes ({string.Join(", ", classes.Take(5))}, ...), but these images have "
                    + $"{images.Classes.Count} ({string.Join(", ", images.Classes.Take(5))}, ...); give data with the same class names."
            );
        }

        Recipe recipe = TrainingPlan.Of(folder, ResumeOptions.AnyDevice).Recipe;
        if (recipe.Network.TakesFeatures)
        {
            if (images.Features != recipe.Network.Features)
            {
                throw new CounterpoiseException(
                    $"{folder.Path} was trained on {recipe.Network.Features} features of each image, but there are {images.Features ?? 0}; give {Named("data.features")} as it was."
                );
            }

            return;
        }

        int size = recipe.Data.ImageSize;
        if (images.Height != size || images.Width != size)
        {
            throw new CounterpoiseException(
                $"{folder.Path} was trained on images of {size}x{size}, but these have {images.Width}x{images.Height}; give images of that size."
            );
        }
    }

    public void Dispose()
    {
        Input.Dispose();
        state.Dispose();
    }
}
