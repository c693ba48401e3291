using System.Text.Json.Nodes;
using Counterpoise.Analysis;
using Counterpoise.Training;

namespace Counterpoise.Runs;

/// <summary>All that a run folder says about its training, epoch by epoch: what figures and reports are made of.</summary>
/// <param name="Path">The run folder.</param>
/// <param name="Recipe">The resolved recipe.</param>
/// <param name="Classes">The class names, in label order.</param>
/// <param name="ClassCounts">The training images of every class.</param>
/// <param name="Epochs">The epochs so far.</param>
public sealed record RunHistory(
    string Path,
    Recipe Recipe,
    IReadOnlyList<string> Classes,
    IReadOnlyList<int> ClassCounts,
    IReadOnlyList<EpochHistory> Epochs
)
{
    private static readonly string[] Found =
    [
        "accuracy",
        "balanced_accuracy",
        "per_class_accuracy",
        TrainingStatistics.Key,
    ];

    /// <summary>The labels, those of large classes first.</summary>
    public IReadOnlyList<int> BySize =>
        [.. Enumerable.Range(0, Classes.Count).OrderByDescending(label => ClassCounts[label])];

    /// <summary>The epochs that have statistics.</summary>
    public IReadOnlyList<EpochHistory> Studied => [.. Epochs.Where(epoch => epoch.Statistics is not null)];

    /// <summary>The newest statistics, or null where there are none.</summary>
    public StatisticsHistory? Last => Studied is [.., var last] ? last.Statistics : null;

    /// <summary>Reads a run folder; statistics that were taken from checkpoints later fill in for epochs without.</summary>
    /// <exception cref="CounterpoiseException">A file of the run is damaged.</exception>
    public static RunHistory Of(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        JsonObject[] lines = [.. folder.ReadMetrics()];
        if (lines is [.., var last] && folder.Result is { } result)
        {
            // A phase without epochs changes the network after the last line was written.
            foreach (string key in Found.Where(result.ContainsKey))
            {
                last[key] = result[key]?.DeepClone();
            }
        }

        var later = folder.ReadStatistics().ToDictionary(line => (int)line["epoch"]!, line => line);
        return new RunHistory(
            folder.Path,
            RunSpecification.Of(folder, device: "auto").Recipe,
            RunSpecification.ClassesOf(folder),
            RunSpecification.ClassCountsOf(folder),
            [.. lines.Select((line, i) => Read(folder, line, i, later))]
        );
    }

    private static EpochHistory Read(RunFolder folder, JsonObject line, int index, Dictionary<int, JsonObject> later)
    {
        try
        {
            int epoch = (int)line["epoch"]!;
            JsonObject? taken = later.GetValueOrDefault(epoch);
            JsonNode? statistics = line[TrainingStatistics.Key] ?? taken?[TrainingStatistics.Key];
            JsonNode tested = line.ContainsKey("accuracy") ? line : taken ?? line;
            return new EpochHistory(
                epoch,
                (double)line["loss"]!,
                (double)line["running_accuracy"]!,
                (double?)tested["accuracy"],
                (double?)tested["balanced_accuracy"],
                tested["per_class_accuracy"] is { } perClass ? StatisticsHistory.List(perClass) : null,
                statistics is null ? null : StatisticsHistory.Of(statistics)
            );
        }
        catch (Exception error) when (error is NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new CounterpoiseException(
                $"{System.IO.Path.Combine(folder.Path, "metrics.jsonl")}: line {index + 1} lacks a value or has one of another kind "
                    + "than docs/json.md says; delete that line, or start a new run.",
                error
            );
        }
    }
}

/// <summary>What is known of an epoch. Accuracies are in percent.</summary>
/// <param name="Epoch">Completed epochs, from 1.</param>
/// <param name="Loss">The mean training loss, as trained.</param>
/// <param name="RunningAccuracy">The training accuracy, as trained.</param>
/// <param name="Accuracy">Of the test images; null where they were not tested.</param>
/// <param name="BalancedAccuracy">The mean over the classes.</param>
/// <param name="PerClassAccuracy">Of every class.</param>
/// <param name="Statistics">The statistics; null where none were taken.</param>
public sealed record EpochHistory(
    int Epoch,
    double Loss,
    double RunningAccuracy,
    double? Accuracy,
    double? BalancedAccuracy,
    IReadOnlyList<double?>? PerClassAccuracy,
    StatisticsHistory? Statistics
);
