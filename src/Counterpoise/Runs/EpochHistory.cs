using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Runs;

/// <summary>What a run folder tells of an epoch. Accuracies are in percent.</summary>
/// <param name="Epoch">Completed epochs, from 1.</param>
/// <param name="Loss">The mean training loss, as trained; NaN where it diverged.</param>
/// <param name="RunningAccuracy">The training accuracy, as trained.</param>
/// <param name="Seconds">The time of the epoch's training steps, in seconds.</param>
/// <param name="Test">Of the test images; null where they were not tested.</param>
/// <param name="Statistics">The statistics; null where none were taken.</param>
public sealed record EpochHistory(
    int Epoch,
    double Loss,
    double RunningAccuracy,
    double Seconds,
    ClassificationMetrics? Test,
    TrainingStatistics? Statistics
)
{
    /// <summary>The penalty on weights of a classifier that was fitted to convergence; null where there is none.</summary>
    public double? Penalty { get; init; }

    /// <summary>How features were scaled for a classifier that was fitted or computed; null where the scale is the usual one.</summary>
    public string? FeatureScale { get; init; }

    /// <summary>The balanced accuracy on training images of classifiers that have not seen them; null where it was not taken.</summary>
    public double? OutOfFoldBalancedAccuracy { get; init; }

    /// <summary>Reads a line of the metrics, or a result.</summary>
    /// <param name="line">The object.</param>
    /// <param name="key">The key of the number of epochs.</param>
    /// <param name="later">What was taken from a checkpoint of the epoch later, for what the line lacks; null for nothing.</param>
    /// <param name="classes">The number of classes.</param>
    internal static EpochHistory Read(JsonFields line, string key, JsonFields? later, int classes) =>
        new(
            line.Required(line.Count(key), key),
            line.Required(line.Number("loss"), "loss"),
            line.Required(line.Number("running_accuracy"), "running_accuracy"),
            line.Required(line.Number("seconds"), "seconds"),
            ClassificationMetrics.Read(line, classes)
                ?? (later is null ? null : ClassificationMetrics.Read(later, classes)),
            TrainingStatistics.Read(line, classes) ?? (later is null ? null : TrainingStatistics.Read(later, classes))
        )
        {
            Penalty = line.Number("penalty"),
            FeatureScale = line.Text("feature_scale"),
            OutOfFoldBalancedAccuracy = line.Number("out_of_fold_balanced_accuracy"),
        };
}
