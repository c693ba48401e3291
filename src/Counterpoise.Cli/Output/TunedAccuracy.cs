using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>What a finished study came to on the full set, with the value that it chose on held-out images.</summary>
/// <param name="Chosen">The chosen settings, such as <c>mfw.alpha=1</c>.</param>
/// <param name="Recipe">The recipe of the final training.</param>
/// <param name="Accuracy">Its test accuracy in percent.</param>
internal sealed record TunedAccuracy(string Chosen, Recipe Recipe, double Accuracy)
{
    /// <summary>Reads a study.</summary>
    /// <exception cref="UsageException">It is not finished, or has no training on the full set.</exception>
    internal static TunedAccuracy Of(string path)
    {
        using Study study = Study.Open(path);
        using RunFolder? run = Directory.Exists(study.FinalRun) ? RunFolder.Open(study.FinalRun, write: false) : null;
        if (run?.Result is not { } result || study.Result.Chosen is not { } chosen)
        {
            throw new UsageException(
                $"{path} has no finished training on the full set; go on with: counterpoise tune -o {path}"
            );
        }

        return new TunedAccuracy(
            string.Join(", ", chosen.Settings),
            TrainingPlan.Of(run, ResumeOptions.AnyDevice).Recipe,
            result["accuracy"]!.GetValue<double>()
        );
    }

    /// <summary>Whether a cell is of the same methods, network and images.</summary>
    internal bool IsOf(ReproducedCell cell) =>
        cell.Recipe.MethodNames == Recipe.MethodNames
        && cell.Recipe.Model == Recipe.Model
        && cell.Recipe.Data with { HeldOut = 0 } == Recipe.Data with { HeldOut = 0 };
}
