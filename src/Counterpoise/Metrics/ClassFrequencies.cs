namespace Counterpoise.Metrics;

/// <summary>How a classifier would do where classes are as frequent as q, by what it does on images of each class here.</summary>
internal static class ClassFrequencies
{
    /// <summary>Ratios of the largest class to the smallest of the tails that are looked at.</summary>
    private static readonly int[] Ratios = [2, 5, 10, 25, 50];

    /// <summary>
    /// Frequencies that fall by a power from class to class, q_c ~ r^(-c / (C - 1)): forward along the training counts, so
    /// that large classes stay large, and backward, and equal ones between them (Hong et al., CVPR 2021).
    /// </summary>
    /// <param name="trainingCounts">The number of training images of every class.</param>
    /// <returns>The ratio, above 1 forward and below 1 backward, and q, which adds up to 1.</returns>
    internal static IEnumerable<(double Ratio, double[] Of)> Tails(IReadOnlyList<int> trainingCounts)
    {
        int classes = trainingCounts.Count;
        int[] rank = new int[classes];
        foreach (
            (int place, int label) in Enumerable
                .Range(0, classes)
                .OrderByDescending(label => trainingCounts[label])
                .Index()
        )
        {
            rank[label] = place;
        }

        IEnumerable<double> ratios =
        [
            .. Ratios.Reverse().Select(ratio => (double)ratio),
            1,
            .. Ratios.Select(ratio => 1.0 / ratio),
        ];
        return ratios.Select(ratio =>
            (ratio, Shares([.. rank.Select(place => Math.Pow(ratio, -(double)place / Math.Max(1, classes - 1)))]))
        );
    }

    /// <summary>Numbers as shares that add up to 1.</summary>
    internal static double[] Shares(IReadOnlyList<double> numbers)
    {
        double total = numbers.Sum();
        return [.. numbers.Select(number => number / total)];
    }

    /// <summary>Accuracy in percent under frequencies q: the sum of q_c times recall, over classes that have images.</summary>
    /// <param name="said">What the classifier says.</param>
    /// <param name="frequencies">q.</param>
    internal static double Accuracy(PredictedImages said, IReadOnlyList<double> frequencies)
    {
        var tallies = ClassTallies.Of(said.Predicted, said.Labels, said.Classes.Count);
        int[] there = [.. Enumerable.Range(0, tallies.Classes).Where(c => tallies.Images[c] > 0)];
        return there.Sum(c => frequencies[c] * tallies.Recall(c)!.Value) / there.Sum(c => frequencies[c]);
    }

    /// <summary>What the classifier says once its logits are moved from the frequencies that it takes for granted to others (Saerens et al., Neural Computation 2002).</summary>
    /// <param name="said">What it says.</param>
    /// <param name="implied">The frequencies that it takes for granted.</param>
    /// <param name="frequencies">The others, q.</param>
    internal static PredictedImages Moved(
        PredictedImages said,
        IReadOnlyList<double> implied,
        IReadOnlyList<double> frequencies
    ) => said.Shifted([.. frequencies.Zip(implied, (q, pi) => pi > 0 ? Math.Log(q / pi) : double.NegativeInfinity)]);

    /// <summary>What a class's predictions are worth where classes are as frequent as q.</summary>
    /// <param name="confusion">The classes of images against the predicted ones.</param>
    /// <param name="frequencies">q, of classes that have images.</param>
    internal static IReadOnlyList<PredictiveValues> Values(ConfusionMatrix confusion, IReadOnlyList<double> frequencies)
    {
        int classes = confusion.Classes;
        double[] asIt = new double[classes];
        double[] own = new double[classes];
        foreach ((int label, int predicted, int images) in confusion.Cells)
        {
            double share = frequencies[label] * images / confusion.Images(label);
            asIt[predicted] += share;
            own[predicted] += label == predicted ? share : 0;
        }

        double all = Enumerable.Range(0, classes).Where(c => confusion.Images(c) > 0).Sum(c => frequencies[c]);
        return
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c =>
                {
                    double other = all - frequencies[c];
                    double rightlyNot = other - (asIt[c] - own[c]);
                    return new PredictiveValues(
                        Percent(rightlyNot, other),
                        Percent(own[c], asIt[c]),
                        Percent(rightlyNot, all - asIt[c])
                    );
                }),
        ];

        static double? Percent(double part, double whole) => whole > 0 ? 100 * part / whole : null;
    }
}

/// <summary>What a class's predictions are worth at some frequencies of classes. Percentages.</summary>
/// <param name="Specificity">The share of images of other classes that are not predicted as it; null where there are no others.</param>
/// <param name="Positive">The share of images predicted as it that are of it; null where it is never predicted.</param>
/// <param name="Negative">The share of images not predicted as it that are not of it; null where all are predicted as it.</param>
internal readonly record struct PredictiveValues(double? Specificity, double? Positive, double? Negative);
