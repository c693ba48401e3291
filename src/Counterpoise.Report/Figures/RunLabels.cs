using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Report.Figures;

/// <summary>Names of runs that are shown together: the method, and what else tells them apart.</summary>
public static class RunLabels
{
    /// <summary>A name for every run, none twice.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<RunHistory> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        Func<RunHistory, string>[] ways =
        [
            run => run.Method,
            run => $"{run.Method}, seed {run.Recipe.Seed}",
            run => $"{run.Method}, {run.Origin.Data}",
            run => $"{run.Method}, {run.Origin.Data}, seed {run.Recipe.Seed}",
            run => run.Name,
        ];
        IEnumerable<string[]> named = ways.Select(way => runs.Select(way).ToArray());
        return named.FirstOrDefault(names => names.Distinct().Count() == names.Length)
            ?? [.. runs.Select(run => run.Folder)];
    }

    /// <summary>The value of a recipe's key as a number; null where the recipe has no such key or it is no number.</summary>
    internal static double? Setting(RunHistory run, string key) =>
        RecipeText
            .Describe(run.Recipe)
            .Where(setting => setting.Key == key)
            .Select(setting => double.TryParse(setting.Value, out double value) ? value : (double?)null)
            .FirstOrDefault();
}
