using System.Text.Json.Nodes;

namespace Counterpoise.Metrics;

/// <summary>How far the difference between two classifiers on the same images is chance. All comparisons see the same draws of images.</summary>
/// <remarks>It holds the choice of images, not that of training seeds.</remarks>
internal sealed class PairedBootstrap
{
    private readonly IReadOnlyList<int> labels;
    private readonly ImageDraws draws;
    private readonly DecisionMetric metric;
    private readonly int classes;

    /// <param name="labels">The class of every image.</param>
    /// <param name="groups">The group of every image, which is drawn as a whole; null where each is one by itself.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="metric">What is compared.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal PairedBootstrap(
        IReadOnlyList<int> labels,
        IReadOnlyList<int>? groups,
        int classes,
        DecisionMetric metric,
        ulong seed
    )
    {
        this.labels = labels;
        this.classes = classes;
        this.metric = metric;
        draws = new ImageDraws(labels, groups, seed);
    }

    /// <summary>The metric of one classifier less that of another.</summary>
    /// <param name="one">The classes that the first predicts.</param>
    /// <param name="other">Those that the second does.</param>
    internal PairedDifference Of(IReadOnlyList<int> one, IReadOnlyList<int> other) => Of([one], [other]);

    /// <summary>The mean metric of one classifier's trainings less that of another's.</summary>
    /// <param name="one">The classes that each training of the first predicts.</param>
    /// <param name="other">Those that each of the second does.</param>
    internal PairedDifference Of(IReadOnlyList<IReadOnlyList<int>> one, IReadOnlyList<IReadOnlyList<int>> other)
    {
        double[] resampled = draws.Distributions(
            () => (One: Tallies(one.Count), Other: Tallies(other.Count)),
            (pair, image) =>
            {
                Add(pair.One, one, image);
                Add(pair.Other, other, image);
            },
            pair =>
            {
                double difference = Mean(pair.One) - Mean(pair.Other);
                Array.ForEach([.. pair.One, .. pair.Other], tallies => tallies.Clear());
                return [difference];
            }
        )[0];
        Interval middle = ImageDraws.Middle(resampled);
        int notBelow = resampled.Count(difference => difference >= 0);
        return new PairedDifference(
            Mean(Array.ConvertAll([.. one], Counted)) - Mean(Array.ConvertAll([.. other], Counted)),
            middle.Low,
            middle.High,
            (notBelow + 1.0) / (ImageDraws.Resamples + 1)
        );
    }

    private ClassTallies[] Tallies(int count) => [.. Enumerable.Range(0, count).Select(_ => new ClassTallies(classes))];

    private ClassTallies Counted(IReadOnlyList<int> predicted) => ClassTallies.Of(predicted, labels, classes);

    private void Add(ClassTallies[] tallies, IReadOnlyList<IReadOnlyList<int>> predicted, int image)
    {
        for (int i = 0; i < tallies.Length; i++)
        {
            tallies[i].Add(labels[image], predicted[i][image]);
        }
    }

    private double Mean(ClassTallies[] tallies) => tallies.Average(one => metric.Of(one) ?? 0);
}

/// <summary>A difference between two classifiers, and how far it is chance.</summary>
/// <param name="Mean">The difference on the images as they are, in the metric's unit.</param>
/// <param name="Low">The 2.5 % quantile over draws.</param>
/// <param name="High">The 97.5 % quantile.</param>
/// <param name="NotBelow">The share of draws in which it is 0 or more: small where the first one is worse.</param>
internal sealed record PairedDifference(double Mean, double Low, double High, double NotBelow)
{
    /// <summary>Whether the interval is on one side of 0.</summary>
    internal bool IsToldApart => Low > 0 || High < 0;

    internal JsonObject ToJson() =>
        new()
        {
            ["mean"] = Mean,
            ["low"] = Low,
            ["high"] = High,
            ["told_apart"] = IsToldApart,
        };
}
