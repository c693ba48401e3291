namespace Counterpoise.Metrics;

/// <summary>What metrics of predicted classes are computed from: three numbers of images for every class.</summary>
internal sealed class ClassTallies
{
    private readonly int[] images;
    private readonly int[] predictions;
    private readonly int[] right;

    /// <param name="classes">The number of classes, C.</param>
    internal ClassTallies(int classes)
    {
        images = new int[classes];
        predictions = new int[classes];
        right = new int[classes];
    }

    /// <summary>Counts predictions.</summary>
    /// <param name="predicted">The predicted class of every image.</param>
    /// <param name="labels">The true class of every image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">There are no images, or the lists differ in length.</exception>
    internal static ClassTallies Of(IReadOnlyList<int> predicted, IReadOnlyList<int> labels, int classes)
    {
        if (labels.Count == 0 || predicted.Count != labels.Count)
        {
            throw new ArgumentException($"{predicted.Count} predictions for {labels.Count} images.", nameof(predicted));
        }

        var tallies = new ClassTallies(classes);
        for (int i = 0; i < labels.Count; i++)
        {
            tallies.Add(labels[i], predicted[i]);
        }

        return tallies;
    }

    /// <summary>C.</summary>
    internal int Classes => images.Length;

    /// <summary>All images.</summary>
    internal long Total { get; private set; }

    /// <summary>[C]: images of a class.</summary>
    internal IReadOnlyList<int> Images => images;

    /// <summary>[C]: images predicted as a class.</summary>
    internal IReadOnlyList<int> Predictions => predictions;

    /// <summary>[C]: images of a class that are predicted as it.</summary>
    internal IReadOnlyList<int> Right => right;

    internal void Add(int label, int predicted)
    {
        images[label]++;
        predictions[predicted]++;
        right[label] += predicted == label ? 1 : 0;
        Total++;
    }

    /// <summary>Forgets all images.</summary>
    internal void Clear()
    {
        Array.Clear(images);
        Array.Clear(predictions);
        Array.Clear(right);
        Total = 0;
    }

    /// <summary>The share of a class's images that are found, in percent; null without images.</summary>
    internal double? Recall(int label) => images[label] == 0 ? null : 100.0 * right[label] / images[label];

    /// <summary>The share of a class's predictions that are right, in percent; 0 for a class that is never predicted, null where it has no images either.</summary>
    internal double? Precision(int label) =>
        predictions[label] > 0 ? 100.0 * right[label] / predictions[label]
        : images[label] > 0 ? 0
        : null;

    /// <summary>The harmonic mean of both, in percent; null for a class that has no images and is never predicted.</summary>
    internal double? F1(int label) =>
        images[label] + predictions[label] == 0 ? null : 200.0 * right[label] / (images[label] + predictions[label]);

    /// <summary>The values of all classes; those that have none are left out.</summary>
    internal IEnumerable<double> Of(Func<int, double?> value) =>
        Enumerable.Range(0, Classes).Select(value).Where(found => found is not null).Select(found => found!.Value);
}
