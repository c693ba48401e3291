using Counterpoise.Runs;

namespace Counterpoise.Report;

/// <summary>A run and what it is called in figures.</summary>
/// <param name="Name">Its methods, and what tells it from the other runs.</param>
/// <param name="History">Its history.</param>
public sealed record NamedRun(string Name, RunHistory History)
{
    /// <summary>Names runs by their methods, with the seed and the data where methods are the same, and the folder where that is not enough.</summary>
    internal static IReadOnlyList<NamedRun> Of(IReadOnlyList<RunHistory> runs)
    {
        Func<RunHistory, string>[] namings =
        [
            run => run.Recipe.MethodNames,
            run => $"{run.Recipe.MethodNames}, seed {run.Recipe.Seed}",
            run => $"{run.Recipe.MethodNames}, {run.Description.DataName}",
            run => $"{run.Recipe.MethodNames}, {run.Description.DataName}, seed {run.Recipe.Seed}",
            run => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run.Path))),
            run => run.Path,
        ];
        Func<RunHistory, string> naming =
            namings.FirstOrDefault(name => runs.Select(name).Distinct(StringComparer.Ordinal).Count() == runs.Count)
            ?? namings[^1];
        return [.. runs.Select(run => new NamedRun(naming(run), run))];
    }
}
