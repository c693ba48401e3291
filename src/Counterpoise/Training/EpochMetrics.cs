using System.Text.Json.Nodes;
using Counterpoise.Metrics;
using Counterpoise.Phases;

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
/// <param name="Statistics">The statistics, in epochs that take them.</param>
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
    ClassificationMetrics? HeldOut,
    TrainingStatistics? Statistics = null
)
{
    /// <summary>The ranks that trained the epoch together.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>The time that the first rank spent on summing gradients over the ranks, waiting for others included, in seconds.</summary>
    public double ExchangeSeconds { get; init; }

    /// <summary>The GPU's memory in use after the epoch, by this process and others, in MB; null on the CPU.</summary>
    public double? GpuMemoryMb { get; init; }

    /// <summary>The penalty on weights of a classifier that was fitted to convergence; null where there is none.</summary>
    public double? Penalty { get; init; }

    /// <summary>How features were scaled for a classifier that was fitted or computed; null where the scale is the usual one.</summary>
    public FeatureScale? FeatureScale { get; init; }

    /// <summary>
    /// What classifiers that were fitted or computed alike, each without a fold of the training images, come to on the fold
    /// that they have not seen; null where the classifier is trained by steps.
    /// </summary>
    public ClassificationMetrics? OutOfFold { get; init; }

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
        if (GpuMemoryMb is { } used)
        {
            line["gpu_memory_mb"] = used;
        }

        if (Ranks > 1)
        {
            line["ranks"] = Ranks;
            line["exchange_seconds"] = ExchangeSeconds;
        }

        if (Penalty is { } penalty)
        {
            line["penalty"] = penalty;
        }

        if (FeatureScale is { } scale)
        {
            line["feature_scale"] = scale.ToString().ToLowerInvariant();
        }

        foreach ((string key, JsonNode? value) in OutOfFold?.ToJson("out_of_fold_") ?? [])
        {
            line[key] = value?.DeepClone();
        }

        WriteFindings(line, Test, HeldOut, Statistics);
        return line;
    }

    /// <summary>Writes what was found on test images, held-out images and all classes under their keys.</summary>
    internal static void WriteFindings(
        JsonObject line,
        ClassificationMetrics? test,
        ClassificationMetrics? heldOut,
        TrainingStatistics? statistics
    )
    {
        foreach ((string key, JsonNode? value) in (test?.ToJson() ?? []).Concat(heldOut?.ToJson("held_out_") ?? []))
        {
            line[key] = value?.DeepClone();
        }

        if (statistics is not null)
        {
            line[TrainingStatistics.Key] = statistics.ToJson();
        }
    }
}
