using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How good a classifier's probabilities are on a set of images, whatever is decided by them. Percentages unless said.</summary>
/// <param name="PerClassAveragePrecision">Each class's precision, averaged over the recalls that its probability as a threshold gives; null for a class without images.</param>
/// <param name="PerClassAuroc">The chance that an image of the class has a larger probability of it than one of another class, equal ones counting half; null where all or no images are of the class.</param>
/// <param name="Top5">The share of images whose class is among the five most probable; null with five classes or fewer.</param>
/// <param name="LogLoss">The mean of -log p of the true class, in nats.</param>
/// <param name="Calibration">How far confidence is from accuracy.</param>
public sealed record ScoreMetrics(
    IReadOnlyList<double?> PerClassAveragePrecision,
    IReadOnlyList<double?> PerClassAuroc,
    double? Top5,
    double LogLoss,
    CalibrationErrors Calibration
)
{
    private const int Few = 5;
    private const float Smallest = 1e-30f;

    private const string AveragePrecisionKey = "per_class_average_precision";
    private const string AurocKey = "per_class_auroc";

    /// <summary>The mean over classes that have images.</summary>
    public double? MacroAveragePrecision => PerClassAveragePrecision.Average();

    /// <summary>The mean over classes that have one.</summary>
    public double? MacroAuroc => PerClassAuroc.Average();

    /// <summary>Computes them.</summary>
    /// <param name="said">What a classifier says of at least one image.</param>
    internal static ScoreMetrics Of(PredictedImages said)
    {
        int classes = said.Classes.Count;
        var areas = new RankingAreas[classes];
        Parallel.For(0, classes, label => areas[label] = said.Ranking(label).Areas());
        return new ScoreMetrics(
            [.. areas.Select(area => 100 * area.AveragePrecision)],
            [.. areas.Select(area => 100 * area.Auroc)],
            classes > Few ? 100 * said.Images.Average(image => IsAmongFew(image) ? 1.0 : 0) : null,
            said.Images.Average(image => -Math.Log(Math.Max(image.Probabilities[image.Label], Smallest))),
            CalibrationErrors.Of(said)
        );
    }

    /// <summary>Under their keys in <c>metrics.jsonl</c>, <c>result.json</c> and <c>--json</c>.</summary>
    /// <param name="prefix">Put before every key.</param>
    public JsonObject ToJson(string prefix = "")
    {
        var json = new JsonObject
        {
            [$"{prefix}macro_average_precision"] = MacroAveragePrecision,
            [$"{prefix}macro_auroc"] = MacroAuroc,
            [$"{prefix}top5_accuracy"] = Top5,
            [$"{prefix}log_loss"] = LogLoss,
            [prefix + AveragePrecisionKey] = new JsonArray([.. PerClassAveragePrecision.Select(v => (JsonNode?)v)]),
            [prefix + AurocKey] = new JsonArray([.. PerClassAuroc.Select(v => (JsonNode?)v)]),
        };
        foreach ((string key, JsonNode? value) in Calibration.ToJson(prefix))
        {
            json[key] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote without a prefix; null where there is none.</summary>
    internal static ScoreMetrics? Read(JsonFields fields, int classes) =>
        fields.Numbers(AveragePrecisionKey, classes) is { } precisions
            ? new ScoreMetrics(
                precisions,
                fields.Required(fields.Numbers(AurocKey, classes), AurocKey),
                fields.Number("top5_accuracy"),
                fields.Required(fields.Number("log_loss"), "log_loss"),
                CalibrationErrors.Read(fields)
            )
            : null;

    /// <summary>A class that is as probable as the true one counts as before it where it comes first.</summary>
    private static bool IsAmongFew(PredictedImage image)
    {
        float own = image.Probabilities[image.Label];
        int before = 0;
        for (int c = 0; c < image.Probabilities.Length; c++)
        {
            before += image.Probabilities[c] > own || (image.Probabilities[c] == own && c < image.Label) ? 1 : 0;
        }

        return before < Few;
    }
}
