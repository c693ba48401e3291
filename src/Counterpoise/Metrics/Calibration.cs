using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>How well a network's confidence agrees with its accuracy.</summary>
/// <param name="Bins">The bins of confidence, from low to high; those without images are left out.</param>
public sealed record Calibration(IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>
    /// The expected calibration error (Guo et al., ICML 2017): the mean difference of accuracy and confidence over the
    /// bins, weighted by their images; 0 to 1.
    /// </summary>
    public double ExpectedError
    {
        get
        {
            double images = Bins.Sum(bin => bin.Images);
            return Bins.Sum(bin => bin.Images / images * Math.Abs(bin.Accuracy - bin.Confidence));
        }
    }

    /// <summary>Sorts predictions into bins of equal width.</summary>
    /// <param name="confidence">The probability of the predicted class of every image, 0 to 1.</param>
    /// <param name="correct">Whether the prediction is right.</param>
    /// <param name="bins">The number of bins.</param>
    /// <exception cref="ArgumentException">There are no images, or the lists differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static Calibration Of(IReadOnlyList<double> confidence, IReadOnlyList<bool> correct, int bins = 15)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        ArgumentNullException.ThrowIfNull(correct);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (confidence.Count == 0 || confidence.Count != correct.Count)
        {
            throw new ArgumentException(
                $"{confidence.Count} confidences for {correct.Count} images.",
                nameof(confidence)
            );
        }

        return new Calibration([
            .. Enumerable
                .Range(0, confidence.Count)
                .GroupBy(i => Math.Min((int)(confidence[i] * bins), bins - 1))
                .OrderBy(bin => bin.Key)
                .Select(bin => new CalibrationBin(
                    bin.Count(),
                    bin.Average(i => confidence[i]),
                    bin.Average(i => correct[i] ? 1.0 : 0)
                )),
        ]);
    }

    internal JsonObject ToJson() =>
        new()
        {
            ["expected_error"] = ExpectedError,
            ["bins"] = new JsonArray([
                .. Bins.Select(bin => new JsonObject
                {
                    ["images"] = bin.Images,
                    ["confidence"] = bin.Confidence,
                    ["accuracy"] = bin.Accuracy,
                }),
            ]),
        };

    internal static Calibration Read(JsonFields fields) =>
        new([
            .. fields
                .Required(fields.FieldsList("bins"), "bins")
                .Select(bin => new CalibrationBin(
                    bin.Required(bin.Count("images"), "images"),
                    bin.Required(bin.Number("confidence"), "confidence"),
                    bin.Required(bin.Number("accuracy"), "accuracy")
                )),
        ]);
}

/// <summary>Predictions of similar confidence.</summary>
/// <param name="Images">How many.</param>
/// <param name="Confidence">Their mean confidence, 0 to 1.</param>
/// <param name="Accuracy">The share of them that is right, 0 to 1.</param>
public sealed record CalibrationBin(int Images, double Confidence, double Accuracy);
