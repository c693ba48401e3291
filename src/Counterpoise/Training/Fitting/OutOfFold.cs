using System.Globalization;
using System.Text;
using Counterpoise.Data;
using Counterpoise.Metrics;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>What classifiers say of training images that they were not fitted on.</summary>
/// <param name="Images">The images: positions in the training set.</param>
/// <param name="Folds">The fold of each.</param>
/// <param name="Probabilities">The probability of every class, for each.</param>
internal sealed record OutOfFold(
    IReadOnlyList<int> Images,
    IReadOnlyList<int> Folds,
    IReadOnlyList<float[]> Probabilities
)
{
    /// <summary>Takes the softmax of logits.</summary>
    /// <param name="logits">[N, classes], float64, of all training images; those that no fold has are left out.</param>
    /// <param name="folds">The folds.</param>
    internal static OutOfFold Of(Tensor logits, TrainingFolds folds)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int classes = (int)logits.shape[1];
        float[] all = nn.functional.softmax(logits, 1).to(ScalarType.Float32).data<float>().ToArray();
        return new OutOfFold(
            folds.Predicted,
            [.. folds.Predicted.Select(image => folds[image])],
            [.. folds.Predicted.Select(image => all.AsSpan(image * classes, classes).ToArray())]
        );
    }

    /// <summary>How many are classified correctly.</summary>
    /// <param name="images">The training images.</param>
    internal ClassificationMetrics Metrics(IImageSource images) =>
        ClassificationMetrics.Of(
            [.. Probabilities.Select(of => Array.IndexOf(of, of.Max()))],
            [.. Images.Select(image => images.Labels[image])],
            ClassCounts.Of(images)
        );

    /// <summary>A line an image: its position in the training set, its class, its fold, and the probability of every class.</summary>
    /// <param name="images">The training images.</param>
    internal string Csv(IImageSource images)
    {
        var text = new StringBuilder("image,class,fold");
        foreach (string name in images.Classes)
        {
            text.Append(',').Append(Quoted(name));
        }

        text.Append('\n');
        for (int row = 0; row < Images.Count; row++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Images[row]},{Quoted(images.Classes[images.Labels[Images[row]]])},{Folds[row]}"
            );
            foreach (float probability in Probabilities[row])
            {
                text.Append(CultureInfo.InvariantCulture, $",{probability:G7}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Quoted(string name) =>
        name.AsSpan().ContainsAny(",\"\n\r") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
