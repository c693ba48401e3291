using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Runs;

/// <summary>Lets a run with a second phase begin with what a finished run of the first phase has trained.</summary>
internal static class FirstPhase
{
    /// <summary>Copies metrics and last checkpoint: the new run is then where it would have been after training the phase itself.</summary>
    /// <param name="recipe">The new run's recipe, resolved.</param>
    /// <param name="data">The new run's data.</param>
    /// <param name="folder">The new run, open for writing and without a checkpoint.</param>
    /// <param name="from">A finished run of <see cref="Recipe.WithoutSecondPhase"/> on the same data.</param>
    /// <exception cref="CounterpoiseException">The run is not finished, or of another recipe or other data; nothing was copied.</exception>
    public static void Copy(Recipe recipe, TrainingData data, RunFolder folder, RunFolder from)
    {
        Check(recipe, data, from);
        folder.CutMetrics(0); // A copy that was killed may have left some.
        long length = from.ReadMetrics().Aggregate(0L, (_, line) => folder.AppendMetrics(line));
        Checkpoint trained = Checkpoint.Load(from.Checkpoints[^1].Path);
        try
        {
            folder.Save(trained with { MetricsLength = length });
        }
        finally
        {
            foreach (Tensor tensor in trained.Tensors.Values)
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>Refuses a run that the recipe cannot start from.</summary>
    /// <exception cref="UsageException">The recipe has no second phase, or trains its first in a way of its own.</exception>
    /// <exception cref="CounterpoiseException">The run is not finished, or of another recipe or other data.</exception>
    public static void Check(Recipe recipe, TrainingData data, RunFolder from)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(from);
        if (recipe.Phases.Count == 1)
        {
            throw new UsageException(
                $"{Named("from")} {from.Path}: {recipe.MethodNames} has no second phase that could start from a run; leave {Named("from")} out."
            );
        }

        if (from.Result is null || from.Checkpoints.Count == 0)
        {
            throw new CounterpoiseException(
                $"{Named("from")} {from.Path}: is not finished; 'counterpoise resume {from.Path}' trains on."
            );
        }

        Recipe trained = TrainingPlan.Of(from, ResumeOptions.AnyDevice).Recipe;
        Recipe wanted = recipe.WithoutSecondPhase();
        if (wanted.Phases[0] != recipe.Phases[0])
        {
            throw new UsageException(
                $"{Named("from")} {from.Path}: the second phase of {recipe.MethodNames} needs a first one of its own; leave {Named("from")} out."
            );
        }

        if (TrainingPlan.Difference(Comparable(trained), Comparable(wanted)) is { } difference)
        {
            throw new CounterpoiseException(
                $"{Named("from")} {from.Path}: is a run of another recipe ({difference}); give a run of {wanted.MethodNames} with the same settings."
            );
        }

        TrainingPlan.RequireSameData(from, data, Named("data"));
    }

    /// <summary>How often a run was tested does not change what it trained.</summary>
    private static Recipe Comparable(Recipe recipe) =>
        recipe with
        {
            Training = recipe.Training with { EvaluateEvery = 0 },
        };
}
