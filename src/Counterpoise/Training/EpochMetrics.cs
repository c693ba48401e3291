using System.Text.Json.Nodes;
using Counterpoise.Evaluation;

namespace Counterpoise.Training;

/// <summary>What is known after an epoch: one line of <c>metrics.jsonl</c>.</summary>
/// <param name="Epoch">Completed epochs, over all phases.</param>
/// <param name="Phase">The phase's name.</param>
/// <param name="Loss">The mean training loss, as trained.</param>
/// <param name="RunningAccuracy">Training accuracy in percent, as trained: augmented, mixed, while the network changed.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="ImagesPerSecond">Training images a second.</param>
/// <param name="Seconds">The time of the training pass, in seconds.</param>
/// <param name="PeakMemoryMb">The process's largest resident memory so far, in MB.</param>
/// <param name="Test">On the test images, in epochs that test.</param>
/// <param name="HeldOut">On the held-out images, in epochs that test, where there are any.</param>
public sealed record EpochMetrics(
    int Epoch,
    string Phase,
    double Loss,
    double RunningAccuracy,
    double LearningRate,
    double ImagesPerSecond,
    double Seconds,
    double PeakMemoryMb,
    ClassificationMetrics? Test,
    ClassificationMetrics? HeldOut
)
{
    /// <summary>The line of <c>metrics.jsonl</c>.</summary>
    public JsonObject ToJson()
    {
        var line = new JsonObject
        {
            ["epoch"] = Epoch,
            ["phase"] = Phase,
            ["loss"] = Loss,
            ["running_accuracy"] = RunningAccuracy,
            ["learning_rate"] = LearningRate,
            ["images_per_second"] = ImagesPerSecond,
            ["seconds"] = Seconds,
            ["peak_memory_mb"] = PeakMemoryMb,
        };
        foreach ((string key, JsonNode? value) in MetricsJson.Of(Test).Concat(MetricsJson.Of(HeldOut, "held_out_")))
        {
            line[key] = value?.DeepClone();
        }

        return line;
    }
}

/// <summary>Classification metrics as JSON keys.</summary>
internal static class MetricsJson
{
    internal static JsonObject Of(ClassificationMetrics? metrics, string prefix = "") =>
        metrics is null
            ? []
            : new JsonObject
            {
                [$"{prefix}accuracy"] = metrics.Accuracy,
                [$"{prefix}balanced_accuracy"] = metrics.BalancedAccuracy,
                [$"{prefix}many_accuracy"] = metrics.ManyAccuracy,
                [$"{prefix}medium_accuracy"] = metrics.MediumAccuracy,
                [$"{prefix}few_accuracy"] = metrics.FewAccuracy,
                [$"{prefix}per_class_accuracy"] = new JsonArray([
                    .. metrics.PerClassAccuracy.Select(a => (JsonNode?)a),
                ]),
            };
}
