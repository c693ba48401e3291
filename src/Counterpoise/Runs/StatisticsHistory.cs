using System.Text.Json.Nodes;
using Counterpoise.Analysis;

namespace Counterpoise.Runs;

/// <summary>The statistics of an epoch as a run folder has them: see <see cref="TrainingStatistics"/>.</summary>
/// <param name="TrainAccuracy">Of the training images, in percent.</param>
/// <param name="TrainPerClassAccuracy">Of every class's training images, in percent.</param>
/// <param name="ClassificationRatio">Of every class, on the training images.</param>
/// <param name="GradientNorm">Of every class.</param>
/// <param name="FeatureDeviation">Of every class.</param>
/// <param name="TrainEntropy">Of every class, in nats.</param>
/// <param name="TestEntropy">Of every class, in nats.</param>
/// <param name="WeightNorm">Of every class; null where the head has no such weights.</param>
/// <param name="Confusion">[label, predicted, images] of the test images.</param>
/// <param name="Calibration">Of the test images.</param>
/// <param name="Mistakes">The surest mistakes of the worst classes.</param>
/// <param name="Seconds">What taking them took.</param>
public sealed record StatisticsHistory(
    double TrainAccuracy,
    IReadOnlyList<double?> TrainPerClassAccuracy,
    IReadOnlyList<double?> ClassificationRatio,
    IReadOnlyList<double?> GradientNorm,
    IReadOnlyList<double?> FeatureDeviation,
    IReadOnlyList<double?> TrainEntropy,
    IReadOnlyList<double?> TestEntropy,
    IReadOnlyList<double?>? WeightNorm,
    IReadOnlyList<(int Label, int Predicted, int Images)> Confusion,
    Calibration Calibration,
    IReadOnlyList<Mistake> Mistakes,
    double Seconds
)
{
    internal static StatisticsHistory Of(JsonNode json) =>
        new(
            (double)json["train_accuracy"]!,
            List(json["train_per_class_accuracy"]!),
            List(json["classification_ratio"]!),
            List(json["gradient_norm"]!),
            List(json["feature_deviation"]!),
            List(json["train_entropy"]!),
            List(json["test_entropy"]!),
            json["weight_norm"] is { } norms ? List(norms) : null,
            [.. json["confusion"]!.AsArray().Select(cell => ((int)cell![0]!, (int)cell[1]!, (int)cell[2]!))],
            new Calibration([
                .. json["calibration"]!["bins"]!
                    .AsArray()
                    .Select(bin => new CalibrationBin(
                        (int)bin!["images"]!,
                        (double)bin["confidence"]!,
                        (double)bin["accuracy"]!
                    )),
            ]),
            [
                .. json["errors"]!
                    .AsArray()
                    .Select(error => new Mistake(
                        (int)error!["image"]!,
                        (int)error["label"]!,
                        (int)error["predicted"]!,
                        (double)error["confidence"]!
                    )),
            ],
            (double)json["seconds"]!
        );

    internal static IReadOnlyList<double?> List(JsonNode json) => [.. json.AsArray().Select(value => (double?)value)];
}
