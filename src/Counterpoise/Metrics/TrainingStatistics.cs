using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How far training is with every class: the statistics behind the pictures of training progress.</summary>
/// <remarks>
/// All are of the network in evaluation mode, without augmentation and mixing. Lists have an entry for each class, in
/// label order, and null for a class without images in question.
/// </remarks>
public sealed record TrainingStatistics
{
    /// <summary>The key of the statistics in a line of <c>metrics.jsonl</c> and in <c>result.json</c>.</summary>
    internal const string Key = "statistics";

    private readonly IReadOnlyDictionary<string, IReadOnlyList<double?>?> classes;

    /// <param name="classes">The numbers of all classes by the keys of <see cref="ClassStatistics"/>.</param>
    internal TrainingStatistics(IReadOnlyDictionary<string, IReadOnlyList<double?>?> classes) => this.classes = classes;

    /// <summary>The numbers of all classes; null where the network lacks them, or an older version did not take them.</summary>
    internal IReadOnlyList<double?>? this[ClassStatistic statistic] => classes.GetValueOrDefault(statistic.Key);

    /// <summary>The share of training images classified correctly, in percent.</summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>The same of each class.</summary>
    public required IReadOnlyList<double?> TrainPerClassAccuracy { get; init; }

    /// <summary>Accuracies on the test images.</summary>
    public required ClassificationMetrics Test { get; init; }

    /// <summary>Training images predicted as a class over training images of it (Ye, Zhan and Chao, ICCV 2021, equation 13); 1 is as often as it is.</summary>
    public IReadOnlyList<double?> ClassificationRatio => this[ClassStatistics.ClassificationRatio]!;

    /// <summary>The L2 norm of the gradient of the plain cross-entropy by the features [D], a mean over the class's training images.</summary>
    public IReadOnlyList<double?> GradientNorm => this[ClassStatistics.GradientNorm]!;

    /// <summary>How far training features are from test features: <see cref="Metrics.FeatureDeviation"/>.</summary>
    public IReadOnlyList<double?> FeatureDeviation => this[ClassStatistics.FeatureDeviation]!;

    /// <summary>The mean entropy of the predicted probabilities of the class's training images, in nats.</summary>
    public IReadOnlyList<double?> TrainEntropy => this[ClassStatistics.TrainEntropy]!;

    /// <summary>The same of its test images.</summary>
    public IReadOnlyList<double?> TestEntropy => this[ClassStatistics.TestEntropy]!;

    /// <summary>The L2 norm of each class's weights in the classifier; null where the head has no such weights.</summary>
    public IReadOnlyList<double?>? WeightNorm => this[ClassStatistics.WeightNorm];

    /// <summary>The test images' classes against the predicted ones.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>How well confidence agrees with accuracy on the test images.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The surest mistakes on test images of the worst classes.</summary>
    public required IReadOnlyList<Mistake> Mistakes { get; init; }

    /// <summary>What the network says of every test image; null in what was read from a file, and of very many images and classes.</summary>
    internal PredictedImages? Said { get; init; }

    /// <summary>The time that computing them took, in seconds; it includes testing.</summary>
    public required double Seconds { get; init; }

    /// <summary>The object under the key <c>statistics</c>; accuracies on the test images stand beside it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["train_accuracy"] = TrainAccuracy,
            ["train_per_class_accuracy"] = List(TrainPerClassAccuracy),
        };
        foreach (ClassStatistic statistic in ClassStatistics.All)
        {
            json[statistic.Key] = this[statistic] is { } values ? List(values) : null;
        }

        json["confusion"] = Confusion.ToJson();
        json["calibration"] = Calibration.ToJson();
        json["errors"] = new JsonArray([.. Mistakes.Select(mistake => mistake.ToJson())]);
        json["seconds"] = Seconds;
        return json;
    }

    /// <summary>Reads the statistics of a line of <c>metrics.jsonl</c> or of <c>result.json</c>; null where it has none.</summary>
    /// <param name="line">The line, which also has the accuracies on the test images.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="CounterpoiseException">A value is missing or of another kind than <see cref="ToJson"/> writes.</exception>
    internal static TrainingStatistics? Read(JsonFields line, int classes) =>
        line.Fields(Key) is { } fields
            ? new TrainingStatistics(
                ClassStatistics.All.ToDictionary(
                    statistic => statistic.Key,
                    statistic =>
                        statistic.IsOptional
                            ? fields.Numbers(statistic.Key, classes)
                            : List(fields, statistic.Key, classes)
                )
            )
            {
                TrainAccuracy = fields.Required(fields.Number("train_accuracy"), "train_accuracy"),
                TrainPerClassAccuracy = List(fields, "train_per_class_accuracy", classes),
                Test = line.Required(ClassificationMetrics.Read(line, classes), "accuracy"),
                Confusion = ConfusionMatrix.Read(fields, "confusion", classes),
                Calibration = Calibration.Read(fields.Required(fields.Fields("calibration"), "calibration")),
                Mistakes =
                [
                    .. fields
                        .Required(fields.FieldsList("errors"), "errors")
                        .Select(error => Mistake.Read(error, classes)),
                ],
                Seconds = fields.Required(fields.Number("seconds"), "seconds"),
            }
            : null;

    private static IReadOnlyList<double?> List(JsonFields fields, string key, int classes) =>
        fields.Required(fields.Numbers(key, classes), key);

    private static JsonArray List(IReadOnlyList<double?> values) => [.. values.Select(value => (JsonNode?)value)];
}
