using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>The content of <c>result.json</c>: what was trained, and how the network is after the last epoch.</summary>
internal static class TrainingResult
{
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The data.</param>
    /// <param name="folder">The run, with all metrics written.</param>
    /// <param name="after">What was found after the last phase, where it has no epochs; else what the last epoch's metrics say.</param>
    /// <param name="train">On the training images, where no statistics of the network have been taken.</param>
    internal static JsonObject Of(
        Recipe recipe,
        TrainingData data,
        RunFolder folder,
        ExaminationResult? after,
        ClassificationMetrics? train
    )
    {
        JsonObject[] lines = [.. folder.ReadMetrics()];
        JsonObject last = lines[^1];
        if (after is { } found)
        {
            last.Remove(TrainingStatistics.Key); // They are of the network before the phase.
            EpochMetrics.WriteFindings(last, found.Test, found.HeldOut, found.Statistics);
        }

        (JsonNode accuracy, JsonNode perClass) = Trained(last, train);
        var result = new JsonObject
        {
            ["method"] = recipe.MethodNames,
            ["model"] = recipe.Model,
            ["data"] = folder.Description.DataName ?? data.Name, // The data may have moved since.
            ["seed"] = recipe.Seed,
            ["epochs"] = recipe.Phases.Sum(phase => phase.Epochs),
            ["train_accuracy"] = accuracy,
            ["train_per_class_accuracy"] = perClass,
            ["training_seconds"] = lines.Sum(line => line["seconds"]?.GetValue<double>() ?? 0),
            ["statistics_seconds"] = lines.Sum(line =>
                line[TrainingStatistics.Key]?["seconds"]?.GetValue<double>() ?? 0
            ),
            ["class_counts"] = new JsonArray([.. data.ClassCounts.Select(count => (JsonNode?)count)]),
            ["classes"] = new JsonArray([.. data.Train.Classes.Select(name => (JsonNode?)name)]),
            ["fingerprint"] = data.Fingerprint,
        };
        foreach ((string key, JsonNode? value) in last.Where(pair => pair.Key is not ("epoch" or "phase")))
        {
            result[key] = value?.DeepClone();
        }

        result["peak_memory_mb"] = ProcessMemory.PeakMb;
        return result;
    }

    /// <summary>Accuracies on the training images: those of the last statistics, where they were taken.</summary>
    private static (JsonNode Accuracy, JsonNode PerClass) Trained(JsonObject last, ClassificationMetrics? train)
    {
        if (last[TrainingStatistics.Key] is { } taken)
        {
            return (taken["train_accuracy"]!.DeepClone(), taken["train_per_class_accuracy"]!.DeepClone());
        }

        return (JsonValue.Create(train!.Accuracy), train.ToJson()["per_class_accuracy"]!.DeepClone());
    }
}
