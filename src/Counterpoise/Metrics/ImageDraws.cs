using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>
/// Images drawn again with replacement, as many of each class as there are, whole groups where there are groups (Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993). Whatever is computed of one number of a draw sees the same images.
/// </summary>
internal sealed class ImageDraws
{
    /// <summary>How often images are drawn.</summary>
    internal const int Resamples = 1000;

    private const double Outside = 0.025;

    private readonly int[][][] strata;
    private readonly Draws draws;

    /// <param name="labels">The class of every image.</param>
    /// <param name="groups">The group of every image, which is drawn as a whole; null where each is one by itself.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal ImageDraws(IReadOnlyList<int> labels, IReadOnlyList<int>? groups, ulong seed)
    {
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

    /// <summary>Numbers of every draw; each one's from small to large.</summary>
    /// <typeparam name="T">What a thread computes with, again and again.</typeparam>
    /// <param name="begin">Makes that.</param>
    /// <param name="add">Takes an image of a draw.</param>
    /// <param name="end">The numbers of all images that were taken; it forgets them.</param>
    /// <returns>[numbers][<see cref="Resamples"/>].</returns>
    internal double[][] Distributions<T>(Func<T> begin, Action<T, int> add, Func<T, double[]> end)
    {
        double[][] drawn = new double[Resamples][];
        Parallel.For(
            0,
            Resamples,
            begin,
            (sample, _, scratch) =>
            {
                DrawStream stream = draws.At(DrawPurpose.Bootstrap, sample, 0);
                foreach (int[][] stratum in strata)
                {
                    for (int i = 0; i < stratum.Length; i++)
                    {
                        foreach (int image in stratum[stream.NextInt(stratum.Length)])
                        {
                            add(scratch, image);
                        }
                    }
                }

                drawn[sample] = end(scratch);
                return scratch;
            },
            _ => { }
        );
        return
        [
            .. Enumerable
                .Range(0, drawn[0].Length)
                .Select(number => drawn.Select(numbers => numbers[number]).Order().ToArray()),
        ];
    }

    /// <summary>The middle 95 % of a distribution.</summary>
    /// <param name="sorted">What <see cref="Distributions"/> gave of one number.</param>
    internal static Interval Middle(double[] sorted) =>
        new(sorted[(int)(Outside * Resamples)], sorted[(int)((1 - Outside) * Resamples) - 1]);
}
