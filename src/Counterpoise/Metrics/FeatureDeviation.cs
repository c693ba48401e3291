using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>
/// How far a class's training features are from its test features (Ye, Zhan and Chao, ICCV 2021, supplement A.2, after
/// their 2020 paper on feature deviation).
/// </summary>
/// <remarks>
/// (1 / R) sum_r | mean of K random training features - mean of the test features |, K drawn without replacement, the
/// same K for every class: the size of the smallest one, at most 50. So a class is not near because it is large.
/// </remarks>
public sealed record FeatureDeviation
{
    private const int MostExamples = 50;

    /// <summary>R: rounds of drawing.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>K: training examples of a class in a round; null for the size of the smallest class, at most 50.</summary>
    public int? Examples { get; init; }

    /// <summary>The seed of the draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>The deviation of every class.</summary>
    /// <param name="train">Training features by class: for each class its examples, each [D].</param>
    /// <param name="test">Test features by class, of as many classes and also [D].</param>
    /// <param name="epoch">The epoch, which the draws belong to.</param>
    /// <returns>A Euclidean distance for each class, 0 or more, in the units of the features; null for one without training or test features.</returns>
    /// <exception cref="ArgumentException">A class has fewer training examples than are drawn.</exception>
    public IReadOnlyList<double?> Of(
        IReadOnlyList<IReadOnlyList<float[]>> train,
        IReadOnlyList<IReadOnlyList<float[]>> test,
        int epoch = 0
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        int drawn = Drawn([.. train.Select(examples => examples.Count)]);
        return
        [
            .. train.Select(
                (examples, c) =>
                    examples.Count == 0 || test[c].Count == 0
                        ? null
                        : (double?)Of(examples, Mean(test[c]), drawn, epoch, c)
            ),
        ];
    }

    /// <summary>K for training classes of these sizes.</summary>
    /// <exception cref="ArgumentException">A class has fewer examples than are drawn.</exception>
    internal int Drawn(IReadOnlyList<int> counts)
    {
        int smallest = counts.Where(count => count > 0).DefaultIfEmpty().Min();
        int drawn = Examples ?? Math.Min(smallest, MostExamples);
        return drawn >= 1 && drawn <= smallest
            ? drawn
            : throw new ArgumentException(
                $"{drawn} examples are to be drawn, but the smallest class has {smallest}.",
                nameof(counts)
            );
    }

    /// <summary>The deviation of one class.</summary>
    /// <param name="examples">Its training features.</param>
    /// <param name="centre">The mean of its test features.</param>
    /// <param name="drawn">K: training examples of a round.</param>
    /// <param name="epoch">The epoch, which the draws belong to.</param>
    /// <param name="label">The class, which the draws belong to.</param>
    internal double Of(IReadOnlyList<float[]> examples, double[] centre, int drawn, int epoch, int label)
    {
        var draws = new Draws(Seed);
        double total = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long key = ((long)label << 32) + round;
            int[] order = draws.At(DrawPurpose.FeatureDeviation, epoch, key).Permutation(examples.Count);
            double[] mean = Mean([.. order[..drawn].Select(i => examples[i])]);
            total += Math.Sqrt(mean.Zip(centre, (a, b) => (a - b) * (a - b)).Sum());
        }

        return total / Rounds;
    }

    private static double[] Mean(IReadOnlyList<float[]> examples)
    {
        double[] sum = new double[examples[0].Length];
        foreach (float[] example in examples)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += example[i];
            }
        }

        return [.. sum.Select(value => value / examples.Count)];
    }
}
