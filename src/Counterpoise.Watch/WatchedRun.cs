using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Watch;

/// <summary>One run folder that is looked at again and again; what did not change on the disk is not read again.</summary>
internal sealed class WatchedRun(string id, string path)
{
    private readonly Lock gate = new();
    private (long, DateTime) describedAt;
    private (long, DateTime) measuredAt;
    private JsonObject description = [];
    private JsonObject recipe = [];
    private JsonObject measured = [];

    internal string Id => id;

    /// <summary>Whether the folder is still there.</summary>
    internal bool Exists => File.Exists(Path.Combine(path, RunFiles.Description));

    internal MetricsFile Metrics => new(Path.Combine(path, RunFiles.Metrics));

    /// <summary>A row of the list: <c>id</c>, <c>state</c>, what the recipe says, how far it is, and the last accuracies.</summary>
    internal JsonObject Summary()
    {
        lock (gate)
        {
            var row = new JsonObject { ["id"] = id };
            try
            {
                Describe();
                Measure();
                row["state"] = State();
                Add(row, recipe);
                Add(row, measured);
            }
            catch (Exception failure) when (failure is CounterpoiseException || FileFailure.IsFromFiles(failure))
            {
                row["state"] = "unreadable";
                row["problem"] = failure.Message;
            }

            return row;
        }
    }

    /// <summary>The summary together with all of <c>run.json</c>.</summary>
    internal JsonObject Details()
    {
        JsonObject details = Summary();
        lock (gate)
        {
            details["description"] = description.DeepClone();
        }

        return details;
    }

    /// <summary>The newest statistics with the number of their epoch, or null where none were recorded.</summary>
    internal JsonObject? Statistics()
    {
        JsonObject? newest = Metrics
            .Backwards()
            .Where(line => MetricsLine.Read(line) is { HasStatistics: true })
            .Select(line => JsonNode.Parse(line) as JsonObject)
            .FirstOrDefault();
        if (newest is null)
        {
            using RunFolder folder = RunFolder.Open(path, write: false);
            newest = folder.Result;
        }

        return newest?["statistics"] is JsonObject statistics
            ? new JsonObject
            {
                ["epoch"] = (newest["epoch"] ?? newest["epochs"])?.DeepClone(),
                ["statistics"] = statistics.DeepClone(),
            }
            : null;
    }

    /// <summary>The picture of a test image among the examples, or null.</summary>
    internal byte[]? Example(int image)
    {
        // A link could lead out of the run folder.
        var folder = new DirectoryInfo(Path.Combine(path, "examples"));
        var file = new FileInfo(Path.Combine(folder.FullName, $"{image}.png"));
        return folder.LinkTarget is null && file is { Exists: true, LinkTarget: null }
            ? File.ReadAllBytes(file.FullName)
            : null;
    }

    private static void Add(JsonObject row, JsonObject values)
    {
        foreach ((string key, JsonNode? value) in values)
        {
            row[key] = value?.DeepClone();
        }
    }

    private static (long Length, DateTime Written) Stamp(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? (info.Length, info.LastWriteTimeUtc) : (-1, default);
    }

    private string State() =>
        File.Exists(Path.Combine(path, RunFiles.Result)) ? "finished"
        : RunFolder.IsBeingWritten(path) ? "running"
        : "stopped";

    private void Describe()
    {
        (long, DateTime) stamp = Stamp(Path.Combine(path, RunFiles.Description));
        if (stamp == describedAt)
        {
            return;
        }

        using RunFolder folder = RunFolder.Open(path, write: false);
        Recipe read = RecipeText.Parse(folder.Recipe, Path.Combine(path, RunFiles.Recipe));
        description = folder.Description.ToJson();
        recipe = new JsonObject
        {
            ["method"] = read.MethodNames,
            ["model"] = read.Model,
            ["data"] = folder.Description.DataName,
            ["seed"] = read.Seed,
            ["epochs"] = read.Phases.Sum(phase => phase.Epochs),
        };
        describedAt = stamp;
    }

    private void Measure()
    {
        (long, DateTime) stamp = Stamp(Path.Combine(path, RunFiles.Metrics));
        if (stamp == measuredAt)
        {
            return;
        }

        int? epoch = null;
        (double? accuracy, double? balanced) = (null, null);
        foreach (byte[] line in Metrics.Backwards())
        {
            if (MetricsLine.Read(line) is not { } values)
            {
                continue;
            }

            epoch ??= values.Epoch;
            (accuracy, balanced) = (values.Accuracy, values.Balanced);
            if (accuracy is not null)
            {
                break;
            }
        }

        measured = new JsonObject
        {
            ["epochs_done"] = epoch ?? 0,
            ["accuracy"] = accuracy,
            ["balanced_accuracy"] = balanced,
        };
        measuredAt = stamp;
    }
}
