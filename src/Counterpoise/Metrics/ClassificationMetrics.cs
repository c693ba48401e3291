using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How well a network's predicted classes agree with the true ones on a set of images. All values are percentages unless said.</summary>
/// <param name="Accuracy">The share of images classified correctly.</param>
/// <param name="BalancedAccuracy">The mean of the classes' recalls, over classes that have images in the set.</param>
/// <param name="PerClassAccuracy">Each class's recall, the share of its images that are found; null for a class without images in the set.</param>
/// <param name="ManyAccuracy">The mean recall of classes with more than 100 training examples; null where there are none.</param>
/// <param name="MediumAccuracy">The mean over classes with 20 to 100 training examples; null where there are none.</param>
/// <param name="FewAccuracy">The mean over classes with fewer than 20 training examples; null where there are none.</param>
public sealed record ClassificationMetrics(
    double Accuracy,
    double BalancedAccuracy,
    IReadOnlyList<double?> PerClassAccuracy,
    double? ManyAccuracy,
    double? MediumAccuracy,
    double? FewAccuracy
)
{
    private const string Precision = "per_class_precision";
    private const string F1 = "per_class_f1";

    /// <summary>
    /// The share of each class's predictions that are right: 0 for a class that has images and is never predicted, null for
    /// one that has no images either. Null as a whole where an older version did not count it, like all below.
    /// </summary>
    public IReadOnlyList<double?>? PerClassPrecision { get; init; }

    /// <summary>The harmonic mean of each class's precision and recall; null for a class that has no images and is never predicted.</summary>
    public IReadOnlyList<double?>? PerClassF1 { get; init; }

    /// <summary>The mean of F1 over classes that have images or are predicted.</summary>
    public double? MacroF1 => this[DecisionMetric.MacroF1];

    /// <summary>The mean of F1, weighted by the images of each class.</summary>
    public double? WeightedF1 => this[DecisionMetric.WeightedF1];

    /// <summary>The geometric mean of recalls; 0 where one is.</summary>
    public double? GeometricMean => this[DecisionMetric.GeometricMean];

    /// <summary>The smallest recall.</summary>
    public double? WorstClassRecall => this[DecisionMetric.WorstClass];

    /// <summary>Matthews' correlation of predicted and true classes, -1 to 1 (Gorodkin, Computational Biology and Chemistry, 2004).</summary>
    public double? MatthewsCorrelation => this[DecisionMetric.Matthews];

    /// <summary>Agreement beyond chance, up to 1 (Cohen, Educational and Psychological Measurement, 1960).</summary>
    public double? Kappa => this[DecisionMetric.Kappa];

    /// <summary>How good the probabilities are; null where they were not kept, of very many images and classes, or by an older version.</summary>
    public ScoreMetrics? Scores { get; init; }

    /// <summary>The values of <see cref="DecisionMetric.All"/> by their keys.</summary>
    internal IReadOnlyDictionary<string, double?> Values { get; init; } = new Dictionary<string, double?>();

    /// <summary>One of the metrics; null where an older version did not count it.</summary>
    internal double? this[DecisionMetric metric] => Values.GetValueOrDefault(metric.Key);

    /// <summary>The metrics under their keys in <c>metrics.jsonl</c>, <c>result.json</c> and <c>--json</c>.</summary>
    /// <param name="prefix">Put before every key.</param>
    public JsonObject ToJson(string prefix = "")
    {
        var json = new JsonObject
        {
            [$"{prefix}accuracy"] = Accuracy,
            [$"{prefix}balanced_accuracy"] = BalancedAccuracy,
            [$"{prefix}many_accuracy"] = ManyAccuracy,
            [$"{prefix}medium_accuracy"] = MediumAccuracy,
            [$"{prefix}few_accuracy"] = FewAccuracy,
        };
        foreach ((string key, double? value) in Values)
        {
            json[prefix + key] = value;
        }

        json[$"{prefix}per_class_accuracy"] = List(PerClassAccuracy);
        if (PerClassPrecision is not null)
        {
            json[$"{prefix}per_class_recall"] = List(PerClassAccuracy);
            json[prefix + Precision] = List(PerClassPrecision);
            json[prefix + F1] = List(PerClassF1!);
        }

        foreach ((string key, JsonNode? value) in Scores?.ToJson(prefix) ?? [])
        {
            json[key] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote without a prefix; null where there is no accuracy.</summary>
    /// <exception cref="CounterpoiseException">Another value is missing, or one is of another kind.</exception>
    internal static ClassificationMetrics? Read(JsonFields fields, int classes) =>
        fields.Number("accuracy") is { } accuracy
            ? new ClassificationMetrics(
                accuracy,
                fields.Required(fields.Number("balanced_accuracy"), "balanced_accuracy"),
                fields.Required(fields.Numbers("per_class_accuracy", classes), "per_class_accuracy"),
                fields.Number("many_accuracy"),
                fields.Number("medium_accuracy"),
                fields.Number("few_accuracy")
            )
            {
                Values = DecisionMetric.All.ToDictionary(metric => metric.Key, metric => fields.Number(metric.Key)),
                PerClassPrecision = fields.Numbers(Precision, classes),
                PerClassF1 = fields.Numbers(F1, classes),
                Scores = ScoreMetrics.Read(fields, classes),
            }
            : null;

    /// <summary>The metrics of predictions.</summary>
    /// <param name="predicted">The predicted class of every image.</param>
    /// <param name="labels">The true class of every image.</param>
    /// <param name="trainingCounts">The number of training examples of every class.</param>
    /// <exception cref="ArgumentException">There are no images, or the lists differ in length.</exception>
    /// <exception cref="IndexOutOfRangeException">A label is not the index of a class.</exception>
    public static ClassificationMetrics Of(
        IReadOnlyList<int> predicted,
        IReadOnlyList<int> labels,
        IReadOnlyList<int> trainingCounts
    )
    {
        var tallies = ClassTallies.Of(predicted, labels, trainingCounts.Count);
        double?[] recalls = OfClasses(tallies.Recall);
        double? Mean(Func<int, bool> chosen) => recalls.Where((_, c) => chosen(trainingCounts[c])).Average();
        return new ClassificationMetrics(
            DecisionMetric.Accuracy.Of(tallies)!.Value,
            Mean(_ => true)!.Value,
            recalls,
            Mean(count => count > 100),
            Mean(count => count is >= 20 and <= 100),
            Mean(count => count < 20)
        )
        {
            Values = DecisionMetric.All.ToDictionary(metric => metric.Key, metric => metric.Of(tallies)),
            PerClassPrecision = OfClasses(tallies.Precision),
            PerClassF1 = OfClasses(tallies.F1),
        };

        double?[] OfClasses(Func<int, double?> value) => [.. Enumerable.Range(0, tallies.Classes).Select(value)];
    }

    private static JsonArray List(IReadOnlyList<double?> values) => [.. values.Select(value => (JsonNode?)value)];
}
