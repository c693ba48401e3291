using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>
/// How far the difference between two classifiers' balanced accuracies on the same images is chance: images are drawn
/// again, with replacement, as many of each class as there are, whole groups where there are groups (Efron and Tibshirani,
/// An Introduction to the Bootstrap, 1993). All comparisons see the same draws.
/// </summary>
/// <remarks>It holds the choice of images, not that of training seeds.</remarks>
internal sealed class PairedBootstrap
{
    /// <summary>How often images are drawn.</summary>
    internal const int Resamples = 1000;

    private const double Outside = 0.025;

    private readonly IReadOnlyList<int> labels;
    private readonly int[][][] strata;
    private readonly Draws draws;
    private readonly int classes;

    /// <param name="labels">The class of every image.</param>
    /// <param name="groups">The group of every image, which is drawn as a whole; null where each is one by itself.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal PairedBootstrap(IReadOnlyList<int> labels, IReadOnlyList<int>? groups, ulong seed)
    {
        this.labels = labels;
        classes = labels.Max() + 1;
        draws = new Draws(seed);
        int[][] units = Data.Folds.Members(labels.Count, groups);

        // A group of several classes counts as one of the class that most of its images are of.
        strata =
        [
            .. units
                .GroupBy(unit => unit.GroupBy(image => labels[image]).MaxBy(same => (same.Count(), -same.Key))!.Key)
                .OrderBy(stratum => stratum.Key)
                .Select(stratum => stratum.ToArray()),
        ];
    }

    /// <summary>The balanced accuracy of one classifier less that of another.</summary>
    /// <param name="one">Whether the first is right about each image.</param>
    /// <param name="other">Whether the second is.</param>
    internal PairedDifference Of(IReadOnlyList<bool> one, IReadOnlyList<bool> other)
    {
        double[] resampled =
        [
            .. Enumerable
                .Range(0, Resamples)
                .AsParallel()
                .AsOrdered()
                .Select(sample => Difference(one, other, draws.At(DrawPurpose.Bootstrap, sample, 0)))
                .Order(),
        ];
        int notBelow = resampled.Count(difference => difference >= 0);
        return new PairedDifference(
            Difference(one, other, stream: null),
            resampled[(int)(Outside * Resamples)],
            resampled[(int)((1 - Outside) * Resamples) - 1],
            (notBelow + 1.0) / (Resamples + 1)
        );
    }

    /// <summary>Of the images as they are, or as they are drawn from a stream; in percent.</summary>
    private double Difference(IReadOnlyList<bool> one, IReadOnlyList<bool> other, DrawStream? stream)
    {
        int[] counts = new int[classes];
        int[] differences = new int[classes];
        DrawStream drawn = stream.GetValueOrDefault();
        foreach (int[][] stratum in strata)
        {
            for (int i = 0; i < stratum.Length; i++)
            {
                foreach (int image in stratum[stream is null ? i : drawn.NextInt(stratum.Length)])
                {
                    counts[labels[image]]++;
                    differences[labels[image]] += (one[image] ? 1 : 0) - (other[image] ? 1 : 0);
                }
            }
        }

        return 100
            * Enumerable
                .Range(0, classes)
                .Where(label => counts[label] > 0)
                .Average(label => (double)differences[label] / counts[label]);
    }
}

/// <summary>A difference between two classifiers, and how far it is chance.</summary>
/// <param name="Mean">The difference on the images as they are, in percentage points.</param>
/// <param name="Low">The 2.5 % quantile over draws.</param>
/// <param name="High">The 97.5 % quantile.</param>
/// <param name="NotBelow">The share of draws in which it is 0 or more: small where the first one is worse.</param>
internal sealed record PairedDifference(double Mean, double Low, double High, double NotBelow);
