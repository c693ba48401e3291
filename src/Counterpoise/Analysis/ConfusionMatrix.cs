namespace Counterpoise.Analysis;

/// <summary>How often images of each class are predicted as each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] counts;

    /// <summary>Counts predictions.</summary>
    /// <param name="predicted">The predicted class of every image.</param>
    /// <param name="labels">The true class of every image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public ConfusionMatrix(IReadOnlyList<int> predicted, IReadOnlyList<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(labels);
        if (predicted.Count != labels.Count)
        {
            throw new ArgumentException($"{predicted.Count} predictions for {labels.Count} images.", nameof(predicted));
        }

        Classes = classes;
        counts = new int[classes * classes];
        for (int i = 0; i < labels.Count; i++)
        {
            counts[(labels[i] * classes) + predicted[i]]++;
        }
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many images of a class were predicted as another, or the same.</summary>
    public int this[int label, int predicted] => counts[(label * Classes) + predicted];

    /// <summary>The number of images of a class.</summary>
    public int Images(int label) => Enumerable.Range(0, Classes).Sum(predicted => this[label, predicted]);

    /// <summary>The number of images predicted as a class.</summary>
    public int Predictions(int predicted) => Enumerable.Range(0, Classes).Sum(label => this[label, predicted]);

    /// <summary>
    /// The classification ratio of every class (Ye, Zhan and Chao, ICCV 2021, equation 13): images predicted as it over
    /// images of it; null for a class without images. Below 1 a class is predicted too rarely.
    /// </summary>
    public IReadOnlyList<double?> ClassificationRatio =>
        [.. Enumerable.Range(0, Classes).Select(c => Images(c) == 0 ? null : (double?)Predictions(c) / Images(c))];

    /// <summary>The most frequent mistakes, most frequent first; of equally frequent ones, by label and prediction.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<Confusion> Top(int most) =>
        [
            .. Enumerable
                .Range(0, Classes)
                .SelectMany(label => Enumerable.Range(0, Classes).Select(predicted => (label, predicted)))
                .Where(pair => pair.label != pair.predicted && this[pair.label, pair.predicted] > 0)
                .Select(pair => new Confusion(
                    pair.label,
                    pair.predicted,
                    this[pair.label, pair.predicted],
                    (double)this[pair.label, pair.predicted] / Images(pair.label)
                ))
                .OrderByDescending(confusion => confusion.Images)
                .Take(most),
        ];
}

/// <summary>One kind of mistake.</summary>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Images">How many images.</param>
/// <param name="Share">Their share of the class's images.</param>
public sealed record Confusion(int Label, int Predicted, int Images, double Share);
