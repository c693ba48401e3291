using System.Text.Json.Nodes;
using Counterpoise.Runs;

namespace Counterpoise.Report;

/// <summary>A run as a report tells of it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="History">Its history.</param>
/// <param name="Description">The content of <c>run.json</c>.</param>
/// <param name="Recipe">Its recipe in TOML.</param>
/// <param name="Result">The content of <c>result.json</c>; null while it is not finished.</param>
/// <param name="ExamplesPath">The folder with pictures of mistakes.</param>
public sealed record ReportedRun(
    string Name,
    RunHistory History,
    JsonObject Description,
    string Recipe,
    JsonObject? Result,
    string ExamplesPath
)
{
    /// <summary>Which data it was trained on: runs with the same can be compared.</summary>
    internal string Fingerprint => Text("fingerprint");

    /// <summary>The newest epoch that was tested, or null.</summary>
    internal EpochHistory? Tested => History.Epochs.LastOrDefault(epoch => epoch.Accuracy is not null);

    /// <summary>Test accuracy: the result's, or that of the newest epoch that was tested.</summary>
    internal double? Accuracy => (double?)Result?["accuracy"] ?? Tested?.Accuracy;

    /// <summary>The same, a mean over the classes.</summary>
    internal double? BalancedAccuracy => (double?)Result?["balanced_accuracy"] ?? Tested?.BalancedAccuracy;

    /// <summary>Reads runs.</summary>
    /// <param name="paths">The run folders.</param>
    /// <exception cref="CounterpoiseException">One is no run folder or is damaged.</exception>
    public static IReadOnlyList<ReportedRun> Read(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ReportedRun[] runs = [.. paths.Select(Read)];
        return
        [
            .. runs.Zip(
                NamedRun.Of([.. runs.Select(run => run.History)]),
                (run, named) => run with { Name = named.Name }
            ),
        ];
    }

    private static ReportedRun Read(string path)
    {
        using RunFolder folder = RunFolder.Open(path, write: false);
        return new ReportedRun(
            path,
            RunHistory.Of(folder),
            folder.Description,
            folder.Recipe,
            folder.Result,
            folder.ExamplesPath
        );
    }

    /// <summary>A value of <c>run.json</c> as text; empty where it is missing.</summary>
    internal string Text(string key) => Description[key]?.ToString() ?? "";
}
