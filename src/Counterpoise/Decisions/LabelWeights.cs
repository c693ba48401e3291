using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>
/// Weights of classes that make a metric of the decided labels largest on images that the classifier has not seen. Of one
/// class after the other the best is taken among all that change a decision, and not too many, until nothing is gained.
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
                (double Weight, double Value)[] tried =
                [
                    .. Candidates(probabilities, weights, c)
                        .AsParallel()
                        .AsOrdered()
                        .Select(weight =>
                        {
                            double[] changed = [.. weights];
                            changed[c] = weight;
                            return (weight, Value(probabilities, labels, metric, changed));
                        }),
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
    private static IEnumerable<double> Candidates(IReadOnlyList<double[]> probabilities, double[] weights, int label)
    {
        double[] turns =
        [
            .. probabilities
                .Where(p => p[label] > 0)
                .Select(p => p.Select((other, c) => c == label ? 0 : other * weights[c]).Max() / p[label])
                .Where(double.IsFinite)
                .Distinct()
                .Order(),
        ];
        for (int i = 0; i < Math.Min(turns.Length, MostCandidates); i++)
        {
            int turn = (int)((long)i * turns.Length / Math.Min(turns.Length, MostCandidates));
            double next = turn + 1 < turns.Length ? turns[turn + 1] : turns[turn] * 2;
            yield return (turns[turn] + next) / 2;
        }
    }

    private static double Value(
        IReadOnlyList<double[]> probabilities,
        IReadOnlyList<int> labels,
        DecisionMetric metric,
        double[] weights
    )
    {
        var tallies = new ClassTallies(weights.Length);
        for (int i = 0; i < labels.Count; i++)
        {
            int best = 0;
            for (int c = 1; c < weights.Length; c++)
            {
                best = probabilities[i][c] * weights[c] > probabilities[i][best] * weights[best] ? c : best;
            }

            tallies.Add(labels[i], best);
        }

        return metric.Of(tallies) ?? 0;
    }
}
