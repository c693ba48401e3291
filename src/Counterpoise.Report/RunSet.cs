using Counterpoise.Basics;
using Counterpoise.Runs;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Report;

/// <summary>Runs that are shown together, and what of them.</summary>
public sealed record RunSet
{
    private const int MostLines = 10;

    /// <summary>Puts runs together.</summary>
    /// <param name="runs">One run or more.</param>
    /// <exception cref="UsageException">A run is there twice.</exception>
    public RunSet(IReadOnlyList<RunHistory> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count, nameof(runs));
        RunHistory? twice = runs.GroupBy(run => Path.GetFullPath(run.Path))
            .FirstOrDefault(same => same.Count() > 1)
            ?.First();
        if (twice is not null)
        {
            throw new UsageException($"{twice.Path} is named twice; name each run once.");
        }

        Runs = NamedRun.Of(runs);
    }

    /// <summary>The runs, each with a name of its own.</summary>
    public IReadOnlyList<NamedRun> Runs { get; }

    /// <summary>Names of the classes that figures over epochs show; null for all up to ten, or of more ten evenly by size.</summary>
    public IReadOnlyList<string>? Classes { get; private init; }

    /// <summary>Each run's features in the plane, in the order of the runs; empty for none.</summary>
    public IReadOnlyList<IReadOnlyList<EmbeddedPoint>> Embeddings { get; init; } = [];

    /// <summary>Reads runs.</summary>
    /// <param name="paths">The run folders.</param>
    /// <exception cref="UsageException">A folder is named twice.</exception>
    /// <exception cref="CounterpoiseException">One is no run folder or is damaged.</exception>
    public static RunSet Read(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return new RunSet([.. paths.Select(path => RunHistory.Read(path))]);
    }

    /// <summary>Chooses the classes that figures over epochs show.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="UsageException">A run has no class of a name.</exception>
    public RunSet Show(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (NamedRun run in Runs)
        {
            foreach (string name in names.Where(name => !run.History.Classes.Contains(name)))
            {
                throw new UsageException(
                    $"{Named("classes")}: there is no class '{name}' in {run.History.Path}; {Nearest.Hint(name, [.. run.History.Classes])}"
                );
            }
        }

        return this with
        {
            Classes = names,
        };
    }

    /// <summary>The labels of the classes that figures over epochs show of a run, the largest first unless they were chosen.</summary>
    public IReadOnlyList<int> LabelsOf(RunHistory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Classes is null ? EvenlyBySize(run) : [.. Classes.Select(name => run.Classes.ToList().IndexOf(name))];
    }

    /// <summary>All classes, or of many the largest, the smallest and those evenly between by rank.</summary>
    private static IReadOnlyList<int> EvenlyBySize(RunHistory run)
    {
        IReadOnlyList<int> order = run.BySize;
        return order.Count <= MostLines
            ? order
            : [.. Enumerable.Range(0, MostLines).Select(i => order[i * (order.Count - 1) / (MostLines - 1)])];
    }
}
