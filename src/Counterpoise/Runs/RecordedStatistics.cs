using Counterpoise.Analysis;

namespace Counterpoise.Runs;

/// <summary>
/// The statistics of one epoch as a run folder keeps them. Lists have an entry for every class in label order; what was
/// not recorded is null.
/// </summary>
public sealed record RecordedStatistics
{
    /// <summary>Accuracy on the training images in percent, without mixing or augmentation.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>The same for every class; null for one without images.</summary>
    public IReadOnlyList<double?>? TrainPerClass { get; init; }

    /// <summary>Training images predicted as each class over training images of it (equation 13).</summary>
    public IReadOnlyList<double?>? ClassificationRatio { get; init; }

    /// <summary>The same of the test images.</summary>
    public IReadOnlyList<double?>? TestClassificationRatio { get; init; }

    /// <summary>Mean norm of the loss's gradient with respect to the features, over the class's training images.</summary>
    public IReadOnlyList<double?>? GradientNorm { get; init; }

    /// <summary>Distance of the mean training feature and the mean test feature.</summary>
    public IReadOnlyList<double?>? FeatureDeviation { get; init; }

    /// <summary>Norm of the classifier's weights.</summary>
    public IReadOnlyList<double?>? WeightNorm { get; init; }

    /// <summary>Mean entropy of the predicted probabilities of the training images in nats.</summary>
    public IReadOnlyList<double?>? TrainEntropy { get; init; }

    /// <summary>The same of the test images.</summary>
    public IReadOnlyList<double?>? TestEntropy { get; init; }

    /// <summary>How many test images of a class (label) were predicted as a class; zero cells may be left out.</summary>
    public IReadOnlyList<(int Label, int Predicted, int Images)>? Confusion { get; init; }

    /// <summary>The expected calibration error on the test images, 0 to 1.</summary>
    public double? ExpectedError { get; init; }

    /// <summary>Bins of confidence on the test images.</summary>
    public IReadOnlyList<CalibrationBin>? Calibration { get; init; }

    /// <summary>Confident mistakes on test images.</summary>
    public IReadOnlyList<RecordedError>? Errors { get; init; }

    /// <summary>The most frequent mistakes, most frequent first.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<Confusion> TopConfusions(int most)
    {
        if (Confusion is null)
        {
            return [];
        }

        var images = Confusion.GroupBy(cell => cell.Label).ToDictionary(row => row.Key, row => row.Sum(c => c.Images));
        return
        [
            .. Confusion
                .Where(cell => cell.Label != cell.Predicted && cell.Images > 0)
                .OrderByDescending(cell => cell.Images)
                .Take(most)
                .Select(cell => new Confusion(
                    cell.Label,
                    cell.Predicted,
                    cell.Images,
                    (double)cell.Images / images[cell.Label]
                )),
        ];
    }

    internal static RecordedStatistics Read(JsonFields fields, int classes) =>
        new()
        {
            TrainAccuracy = fields.Number("train_accuracy"),
            TrainPerClass = fields.Numbers("train_per_class_accuracy", classes),
            ClassificationRatio = fields.Numbers("classification_ratio", classes),
            TestClassificationRatio = fields.Numbers("test_classification_ratio", classes),
            GradientNorm = fields.Numbers("gradient_norm", classes),
            FeatureDeviation = fields.Numbers("feature_deviation", classes),
            WeightNorm = fields.Numbers("weight_norm", classes),
            TrainEntropy = fields.Numbers("train_entropy", classes),
            TestEntropy = fields.Numbers("test_entropy", classes),
            Confusion = ReadConfusion(fields, classes),
            ExpectedError = fields.Fields("calibration")?.Number("expected_error"),
            Calibration = fields.Fields("calibration")?.FieldsList("bins") is { } bins
                ? [.. bins.Select(ReadBin)]
                : null,
            Errors = fields.FieldsList("errors") is { } errors
                ? [.. errors.Select(error => RecordedError.Read(error, classes))]
                : null,
        };

    private static IReadOnlyList<(int Label, int Predicted, int Images)>? ReadConfusion(JsonFields fields, int classes)
    {
        IReadOnlyList<(int Label, int Predicted, int Images)>? cells = fields.Triples("confusion");
        return cells?.All(cell => cell.Label < classes && cell.Predicted < classes) ?? true
            ? cells
            : throw fields.Wrong("confusion", $"labels below {classes}", "a list with a larger label");
    }

    private static CalibrationBin ReadBin(JsonFields bin) =>
        new(
            bin.Required(bin.Count("images"), "images"),
            bin.Required(bin.Number("confidence"), "confidence"),
            bin.Required(bin.Number("accuracy"), "accuracy")
        );
}

/// <summary>A mistake on a test image.</summary>
/// <param name="Image">The number of the image in the test part; its picture is <c>examples/&lt;number&gt;.png</c>.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Confidence">The probability of the prediction, 0 to 1; null if not recorded.</param>
public sealed record RecordedError(int Image, int Label, int Predicted, double? Confidence)
{
    internal static RecordedError Read(JsonFields fields, int classes)
    {
        int Class(string key) =>
            fields.Required(fields.Count(key), key) is var number && number < classes
                ? number
                : throw fields.Wrong(key, $"a label below {classes}");
        return new RecordedError(
            fields.Required(fields.Count("image"), "image"),
            Class("label"),
            Class("predicted"),
            fields.Number("confidence")
        );
    }
}
