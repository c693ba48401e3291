using Counterpoise.Basics;
using Counterpoise.Serving;

namespace Counterpoise.Cli.Verbs;

/// <summary>What a classifier says of images without labels.</summary>
internal static class FieldImages
{
    /// <param name="classifier">The classifier.</param>
    /// <param name="images">Files and folders.</param>
    /// <param name="told">Takes which cannot be read.</param>
    /// <returns>The probability of every class, one list an image.</returns>
    /// <exception cref="UsageException">None can be read.</exception>
    internal static List<float[]> Probabilities(
        OnnxClassifier classifier,
        IReadOnlyList<string> images,
        TextWriter told
    )
    {
        IReadOnlyList<string> classes = classifier.Description.Classes;
        var labels = classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        List<float[]> found = [];
        foreach (
            ImagePrediction prediction in FilePredictions.Of(
                classifier,
                images.SelectMany(PredictVerb.Paths),
                classes.Count
            )
        )
        {
            if (prediction.Error is { } reason)
            {
                told.WriteLine($"{prediction.Image}: skipped: {reason}");
                continue;
            }

            float[] row = new float[classes.Count];
            foreach (RankedClass ranked in prediction.Top)
            {
                row[labels[ranked.Class]] = (float)ranked.Probability;
            }

            found.Add(row);
        }

        return found.Count > 0
            ? found
            : throw new UsageException($"there is no image that can be read in {string.Join(", ", images)}.");
    }
}
