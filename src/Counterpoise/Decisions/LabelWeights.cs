using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>
/// Weights of classes that make a metric of the decided labels largest on images that the classifier has not seen. Of one
/// class after the other the best is taken among those that change a decision, and not too many, until nothing is gained.
/// </summary>
internal static class LabelWeights
{
    private const int MostRounds = 10;
    private const int MostCandidates = 64;
    private const double LeastGain = 1e-9;

    /// <param name="probabilities">[N] of [C]: calibrated.</param>
    /// <param name="labels">[N].</param>
    /// <param name="metric">The metric.</param>
    /// <param name="starts">Where to begin, [C] each; the best end is taken, of equal ones the first.</param>
    internal static double[] Of(
        IReadOnlyList<double[]> probabilities,
        IReadOnlyList<int> labels,
        DecisionMetric metric,
        IReadOnlyList<double[]> starts
    ) =>
        starts
            .Select(start => Climb(probabilities, labels, metric, [.. start]))
            .MaxBy(end => Value(probabilities, labels, metric, end))!;

    private static double[] Climb(
        IReadOnlyList<double[]> probabilities,
        IReadOnlyList<int> labels,
        DecisionMetric metric,
        double[] weights
    )
    {
        double best = Value(probabilities, labels, metric, weights);
        for (int round = 0; round < MostRounds; round++)
        {
            double before = best;
            for (int c = 0; c < weights.Length; c++)
            {
                // Only the class itself changes: whatever else an image may be stays as it is.
                double[] own = [.. probabilities.Select(p => p[c])];
                Rival[] rivals = [.. probabilities.AsParallel().AsOrdered().Select(p => Rival.Of(p, weights, c))];
                (double Weight, double Value)[] tried =
                [
                    .. Candidates(own, rivals)
                        .AsParallel()
                        .AsOrdered()
                        .Select(weight => (weight, Value(own, rivals, labels, metric, weights.Length, c, weight))),
                ];
                if (tried.Length > 0 && tried.MaxBy(pair => pair.Value) is var found && found.Value > best + LeastGain)
                {
                    weights[c] = found.Weight;
                    best = found.Value;
                }
            }

            if (best <= before + LeastGain)
            {
                break;
            }
        }

        return weights;
    }

    /// <summary>Weights between those at which an image goes over to the class; evenly chosen of very many.</summary>
    private static IEnumerable<double> Candidates(double[] own, Rival[] rivals)
    {
        double[] turns = [.. own.Zip(rivals, (p, rival) => rival.Score / p).Where(double.IsFinite).Distinct().Order()];
        int count = Math.Min(turns.Length, MostCandidates);
        for (int i = 0; i < count; i++)
        {
            int turn = (int)((long)i * turns.Length / count);
            double next = turn + 1 < turns.Length ? turns[turn + 1] : turns[turn] * 2;
            yield return (turns[turn] + next) / 2;
        }
    }

    private static double Value(
        IReadOnlyList<double[]> probabilities,
        IReadOnlyList<int> labels,
        DecisionMetric metric,
        double[] weights
    ) =>
        Value(
            [.. probabilities.Select(p => p[0])],
            [.. probabilities.Select(p => Rival.Of(p, weights, 0))],
            labels,
            metric,
            weights.Length,
            0,
            weights[0]
        );

    /// <summary>The metric where one class has a weight and all others are as they are.</summary>
    private static double Value(
        double[] own,
        Rival[] rivals,
        IReadOnlyList<int> labels,
        DecisionMetric metric,
        int classes,
        int label,
        double weight
    )
    {
        var tallies = new ClassTallies(classes);
        for (int i = 0; i < own.Length; i++)
        {
            double score = own[i] * weight;
            Rival rival = rivals[i];
            bool isOwn = score > rival.Score || (score == rival.Score && label < rival.Label);
            tallies.Add(labels[i], isOwn ? label : rival.Label);
        }

        return metric.Of(tallies) ?? 0;
    }

    /// <summary>What an image is taken for unless for the class in question.</summary>
    private readonly record struct Rival(int Label, double Score)
    {
        internal static Rival Of(double[] probabilities, double[] weights, int besides)
        {
            var best = new Rival(besides == 0 && weights.Length > 1 ? 1 : 0, double.NegativeInfinity);
            for (int c = 0; c < weights.Length; c++)
            {
                if (c != besides && probabilities[c] * weights[c] > best.Score)
                {
                    best = new Rival(c, probabilities[c] * weights[c]);
                }
            }

            return best;
        }
    }
}
