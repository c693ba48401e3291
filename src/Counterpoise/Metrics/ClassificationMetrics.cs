using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How well a network classifies a set of images. All values are percentages.</summary>
/// <param name="Accuracy">The share of images classified correctly.</param>
/// <param name="BalancedAccuracy">The mean of the classes' accuracies, over classes that have images in the set.</param>
/// <param name="PerClassAccuracy">Each class's accuracy; null for a class without images in the set.</param>
/// <param name="ManyAccuracy">The mean over classes with more than 100 training examples; null where there are none.</param>
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
    /// <summary>The metrics under their keys in <c>metrics.jsonl</c>, <c>result.json</c> and <c>--json</c>.</summary>
    /// <param name="prefix">Put before every key.</param>
    public JsonObject ToJson(string prefix = "") =>
        new()
        {
            [$"{prefix}accuracy"] = Accuracy,
            [$"{prefix}balanced_accuracy"] = BalancedAccuracy,
            [$"{prefix}many_accuracy"] = ManyAccuracy,
            [$"{prefix}medium_accuracy"] = MediumAccuracy,
            [$"{prefix}few_accuracy"] = FewAccuracy,
            [$"{prefix}per_class_accuracy"] = new JsonArray([.. PerClassAccuracy.Select(a => (JsonNode?)a)]),
        };

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
        if (labels.Count == 0 || predicted.Count != labels.Count)
        {
            throw new ArgumentException($"{predicted.Count} predictions for {labels.Count} images.", nameof(predicted));
        }

        int[] total = new int[trainingCounts.Count];
        int[] correct = new int[trainingCounts.Count];
        for (int i = 0; i < labels.Count; i++)
        {
            total[labels[i]]++;
            correct[labels[i]] += predicted[i] == labels[i] ? 1 : 0;
        }

        double?[] perClass = [.. total.Zip(correct, (n, right) => n == 0 ? null : (double?)(100.0 * right / n))];
        double? Mean(Func<int, bool> chosen) => perClass.Where((_, c) => chosen(trainingCounts[c])).Average();
        return new ClassificationMetrics(
            100.0 * correct.Sum() / labels.Count,
            Mean(_ => true)!.Value,
            perClass,
            Mean(count => count > 100),
            Mean(count => count is >= 20 and <= 100),
            Mean(count => count < 20)
        );
    }
}
