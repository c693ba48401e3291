using System.Text.Json.Nodes;

namespace Counterpoise.Tuning;

/// <summary>How well a network classifies held-out images: what trials are compared by.</summary>
/// <param name="Accuracy">Balanced accuracy in percent: the mean over the classes that have held-out images.</param>
/// <param name="Error">Its standard error in percent.</param>
internal sealed record HeldOutScore(double Accuracy, double Error)
{
    /// <summary>Reads a run's metrics or result.</summary>
    /// <param name="line">A line of <c>metrics.jsonl</c>, or <c>result.json</c>.</param>
    /// <param name="counts">Held-out images of every class.</param>
    /// <returns>Null where the held-out images were not tested.</returns>
    internal static HeldOutScore? Of(JsonObject line, IReadOnlyList<int> counts) =>
        line["held_out_per_class_accuracy"] is JsonArray accuracies
            ? OfClasses([
                .. accuracies
                    .Zip(counts)
                    .Where(pair => pair.First is not null)
                    .Select(pair => ((double)pair.First!, pair.Second)),
            ])
            : null;

    /// <summary>Of what classifiers say of images that they have not seen.</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="isRight">Whether what is said of it is right.</param>
    internal static HeldOutScore Of(IReadOnlyList<int> labels, IReadOnlyList<bool> isRight) =>
        OfClasses([
            .. labels
                .Zip(isRight)
                .GroupBy(image => image.First)
                .Select(label => (100.0 * label.Count(image => image.Second) / label.Count(), label.Count())),
        ]);

    /// <summary>The score of one network, with the sampling error of a stratified mean (Cochran, Sampling Techniques, 1977, chapter 5).</summary>
    /// <param name="classes">The accuracy in percent of every class that has held-out images, and how many it has.</param>
    internal static HeldOutScore OfClasses(IReadOnlyList<(double Accuracy, int Count)> classes)
    {
        double mean = classes.Average(held => held.Accuracy);
        double variance = classes.Sum(held =>
            held.Count > 1 ? held.Accuracy * (100 - held.Accuracy) / (held.Count - 1) : mean * (100 - mean)
        );
        return new HeldOutScore(mean, Math.Sqrt(variance) / classes.Count);
    }

    /// <summary>
    /// The mean over splits. Its error is that of the sampled images or, where it is larger, that which the spread between
    /// splits shows: the latter sees that training differs, too, but two or three splits tell it badly.
    /// </summary>
    internal static HeldOutScore Mean(IReadOnlyList<HeldOutScore> splits)
    {
        double mean = splits.Average(split => split.Accuracy);
        double sampling = Math.Sqrt(splits.Sum(split => split.Error * split.Error)) / splits.Count;
        double spread =
            splits.Count > 1
                ? Math.Sqrt(splits.Sum(s => Math.Pow(s.Accuracy - mean, 2)) / (splits.Count - 1) / splits.Count)
                : 0;
        return new HeldOutScore(mean, Math.Max(sampling, spread));
    }
}
