using System.Text.Json.Nodes;
using Counterpoise.Evaluation;

namespace Counterpoise.Analysis;

/// <summary>How far training is with every class: the statistics behind the pictures of training progress.</summary>
/// <remarks>
/// All are of the network in evaluation mode, without augmentation and mixing. Lists have an entry for each class, in
/// label order, and null for a class without images in question.
/// </remarks>
public sealed record TrainingStatistics
{
    /// <summary>The key of the statistics in a line of <c>metrics.jsonl</c> and in <c>result.json</c>.</summary>
    internal const string Key = "statistics";

    /// <summary>Accuracies on the training images.</summary>
    public required ClassificationMetrics Train { get; init; }

    /// <summary>Accuracies on the test images.</summary>
    public required ClassificationMetrics Test { get; init; }

    /// <summary>Training images predicted as a class over training images of it (Ye, Zhan and Chao, ICCV 2021, equation 13).</summary>
    public required IReadOnlyList<double?> ClassificationRatio { get; init; }

    /// <summary>The norm of the gradient of the plain cross-entropy by the features, a mean over the class's training images.</summary>
    public required IReadOnlyList<double?> GradientNorm { get; init; }

    /// <summary>How far training features are from test features: <see cref="Analysis.FeatureDeviation"/>.</summary>
    public required IReadOnlyList<double?> FeatureDeviation { get; init; }

    /// <summary>The mean entropy of the predicted probabilities of the class's training images, in nats.</summary>
    public required IReadOnlyList<double?> TrainEntropy { get; init; }

    /// <summary>The same of its test images.</summary>
    public required IReadOnlyList<double?> TestEntropy { get; init; }

    /// <summary>The L2 norm of each class's weights in the classifier; null where the head has no such weights.</summary>
    public IReadOnlyList<double?>? WeightNorm { get; init; }

    /// <summary>The test images' classes against the predicted ones.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>How well confidence agrees with accuracy on the test images.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The surest mistakes on test images of the worst classes.</summary>
    public required IReadOnlyList<Mistake> Mistakes { get; init; }

    /// <summary>The time that computing them took, in seconds; it includes testing.</summary>
    public required double Seconds { get; init; }

    /// <summary>The object under the key <c>statistics</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["train_accuracy"] = Train.Accuracy,
            ["train_per_class_accuracy"] = List(Train.PerClassAccuracy),
            ["classification_ratio"] = List(ClassificationRatio),
            ["test_classification_ratio"] = List(Confusion.ClassificationRatio),
            ["gradient_norm"] = List(GradientNorm),
            ["feature_deviation"] = List(FeatureDeviation),
            ["train_entropy"] = List(TrainEntropy),
            ["test_entropy"] = List(TestEntropy),
            ["weight_norm"] = WeightNorm is null ? null : List(WeightNorm),
            ["confusion"] = Cells(Confusion),
            ["calibration"] = new JsonObject
            {
                ["expected_error"] = Calibration.ExpectedError,
                ["bins"] = new JsonArray([
                    .. Calibration.Bins.Select(bin => new JsonObject
                    {
                        ["images"] = bin.Images,
                        ["confidence"] = bin.Confidence,
                        ["accuracy"] = bin.Accuracy,
                    }),
                ]),
            },
            ["errors"] = new JsonArray([.. Mistakes.Select(mistake => mistake.ToJson())]),
            ["seconds"] = Seconds,
        };

    private static JsonArray List(IReadOnlyList<double?> values) => [.. values.Select(value => (JsonNode?)value)];

    /// <summary>[label, predicted, images] of every cell that is not zero.</summary>
    private static JsonArray Cells(ConfusionMatrix confusion)
    {
        JsonArray cells = [];
        for (int label = 0; label < confusion.Classes; label++)
        {
            for (int predicted = 0; predicted < confusion.Classes; predicted++)
            {
                if (confusion[label, predicted] > 0)
                {
                    cells.Add(new JsonArray(label, predicted, confusion[label, predicted]));
                }
            }
        }

        return cells;
    }
}
