using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>How many decisions are wrong where only the surest are made, and the rest is left to people (El-Yaniv and Wiener, JMLR 2010).</summary>
/// <param name="Points">From few decided images to all: the confidence that is needed, the share of images decided and the share of those that is wrong.</param>
internal sealed record RiskCoverage(IReadOnlyList<RiskPoint> Points)
{
    /// <param name="confidence">[N]: the calibrated probability of the decided class.</param>
    /// <param name="isRight">[N]: whether it is the true one.</param>
    /// <param name="weights">[N]: how much each image counts, such as q_c / pi_c of its class.</param>
    internal static RiskCoverage Of(
        IReadOnlyList<double> confidence,
        IReadOnlyList<bool> isRight,
        IReadOnlyList<double> weights
    )
    {
        int[] order = [.. Enumerable.Range(0, confidence.Count).OrderByDescending(image => confidence[image])];
        double all = weights.Sum();
        double decided = 0;
        double wrong = 0;
        double squares = 0;
        List<RiskPoint> points = [];
        foreach ((int place, int image) in order.Index())
        {
            decided += weights[image];
            squares += weights[image] * weights[image];
            wrong += isRight[image] ? 0 : weights[image];
            bool isLast = place + 1 == order.Length;
            if (isLast || confidence[order[place + 1]] != confidence[image])
            {
                points.Add(
                    new RiskPoint(confidence[image], decided / all, wrong / decided, decided * decided / squares)
                );
            }
        }

        return new RiskCoverage(points);
    }

    /// <summary>The point that decides most images while at most a share of decisions is wrong.</summary>
    /// <param name="risk">The share, 0 to 1.</param>
    /// <param name="confidence">How sure it must be; null for on average.</param>
    /// <exception cref="CounterpoiseException">There is none.</exception>
    internal RiskPoint AtMost(double risk, double? confidence)
    {
        RiskPoint[] met = [.. Points.Where(point => point.Bound(confidence) <= risk)];
        return met.Length > 0
            ? met[^1]
            : throw new CounterpoiseException(
                $"no share of the images can be decided with at most {100 * risk:0.##} % wrong, by what {Points[^1].Images:0} images show; allow more errors, or hold out more images."
            );
    }
}

/// <summary>A point of the curve.</summary>
/// <param name="Confidence">Images of at least this confidence are decided.</param>
/// <param name="Coverage">Their share, 0 to 1.</param>
/// <param name="Risk">The share of them that is wrong, 0 to 1.</param>
/// <param name="Images">How many images that share is of.</param>
internal readonly record struct RiskPoint(double Confidence, double Coverage, double Risk, double Images)
{
    /// <summary>What the share of wrong ones does not exceed, with a confidence; itself for null.</summary>
    internal double Bound(double? confidence) =>
        confidence is { } sure ? BinomialBounds.Upper(Risk * Images, Images, sure) : Risk;
}
