using Counterpoise.Runs;

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
}
