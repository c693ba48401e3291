namespace Counterpoise.Metrics;

/// <summary>Images ordered by the probability of one class, from the largest down: what thresholds, curves and areas under them are read from.</summary>
internal sealed class Ranking
{
    private readonly float[] scores;
    private readonly int[] order;
    private readonly bool[] isOf;

    /// <param name="scores">The probability of the class, one an image.</param>
    /// <param name="isOf">Whether an image, by its place, is of the class.</param>
    internal Ranking(IEnumerable<float> scores, Func<int, bool> isOf)
    {
        this.scores = [.. scores];
        order = [.. Enumerable.Range(0, this.scores.Length)];
        Array.Sort(this.scores, order);
        Array.Reverse(this.scores);
        Array.Reverse(order);
        this.isOf = Array.ConvertAll(order, image => isOf(image));
    }

    /// <summary>
    /// The points of the ROC and precision-recall curves: for each distinct score, from the largest down, the images of the
    /// class and of others that have at least it. Equal scores are one point.
    /// </summary>
    /// <param name="times">How often each image counts; null for once.</param>
    internal IEnumerable<RankingPoint> Points(int[]? times = null)
    {
        int right = 0;
        int wrong = 0;
        for (int i = 0; i < isOf.Length; i++)
        {
            int count = times is null ? 1 : times[order[i]];
            right += isOf[i] ? count : 0;
            wrong += isOf[i] ? 0 : count;
            if (i + 1 == isOf.Length || scores[i + 1] != scores[i])
            {
                yield return new RankingPoint(scores[i], right, wrong);
            }
        }
    }

    /// <summary>The areas under both curves.</summary>
    /// <param name="times">How often each image counts; null for once.</param>
    internal RankingAreas Areas(int[]? times = null)
    {
        double precision = 0;
        double area = 0;
        RankingPoint before = default;
        foreach (RankingPoint point in Points(times))
        {
            if (point.True > before.True)
            {
                precision += (double)(point.True - before.True) * point.True / (point.True + point.False);
            }

            area += (point.False - before.False) * ((double)point.True + before.True) / 2;
            before = point;
        }

        return new RankingAreas(
            before.True == 0 ? null : precision / before.True,
            before.True == 0 || before.False == 0 ? null : area / before.True / before.False
        );
    }
}

/// <summary>What a threshold on the probability of a class finds.</summary>
/// <param name="Score">The threshold.</param>
/// <param name="True">Images of the class that have it or more.</param>
/// <param name="False">Images of other classes that do.</param>
internal readonly record struct RankingPoint(float Score, int True, int False);

/// <summary>How well a class's images come before others.</summary>
/// <param name="AveragePrecision">The mean of precisions, each weighted by how much recall it adds, 0 to 1; null without images of the class.</param>
/// <param name="Auroc">The area under the ROC curve, 0 to 1; null unless there are images of the class and of others.</param>
internal readonly record struct RankingAreas(double? AveragePrecision, double? Auroc);
