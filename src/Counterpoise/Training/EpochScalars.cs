using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Training;

/// <summary>Which numbers of an epoch TensorBoard is shown, and under which tags.</summary>
internal static class EpochScalars
{
    private const int MostClasses = 100;

    private static readonly string[] Training = ["loss", "running_accuracy", "learning_rate", "images_per_second"];

    private static readonly string[] Accuracies =
    [
        "accuracy",
        "balanced_accuracy",
        "many_accuracy",
        "medium_accuracy",
        "few_accuracy",
    ];

    // TensorBoard groups tags by what is before the first slash.
    private static readonly (string Tag, string Key)[] Tags =
    [
        .. Training.Select(key => ($"train/{key}", key)),
        .. Accuracies.Select(key => ($"test/{key}", key)),
        .. Accuracies.Select(key => ($"held_out/{key}", $"held_out_{key}")),
    ];

    /// <summary>The numbers of a line of metrics; what it lacks, or has as null, has no tag.</summary>
    /// <param name="line">A line of <c>metrics.jsonl</c>.</param>
    /// <param name="classes">The classes' names; the accuracy of each is shown unless there are more than 100.</param>
    internal static IEnumerable<(string Tag, double Value)> Of(JsonObject line, IReadOnlyList<string> classes)
    {
        JsonArray perClass =
            classes.Count <= MostClasses && line["per_class_accuracy"] is JsonArray accuracies ? accuracies : [];
        return Tags.Select(tag => (tag.Tag, Value: Number(line[tag.Key])))
            .Concat(perClass.Select((accuracy, c) => (Tag: $"class/{classes[c]}", Value: Number(accuracy))))
            .Where(scalar => scalar.Value is not null)
            .Select(scalar => (scalar.Tag, scalar.Value!.Value));
    }

    /// <summary>A number of a line of metrics, where NaN and infinities are strings.</summary>
    internal static double? Number(JsonNode? node) => node?.Deserialize<double>(JsonFormat.OneLine);
}
