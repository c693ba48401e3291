using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Decisions;

/// <summary>Calibrates, moves to the frequencies where a classifier is used, and decides, in this order, on images that it has not seen.</summary>
/// <param name="said">What it says of them.</param>
/// <param name="map">What makes its probabilities agree with shares of images, at the frequencies where it is used.</param>
internal sealed class DecisionMaker(PredictedImages said, ProbabilityMap map)
{
    private readonly double[][] probabilities = [.. said.Images.Select(image => map.Of(image.Probabilities))];
    private readonly int[] labels = said.Labels;

    /// <summary>The decision that meets demands.</summary>
    /// <param name="demands">The demands.</param>
    /// <param name="basis">What the images are, for people.</param>
    /// <exception cref="CounterpoiseException">There are too few images to promise one.</exception>
    internal Decision Make(Demands demands, string basis)
    {
        var plain = new Decision
        {
            Probabilities = map,
            Demand = demands.Describe(said.Classes),
            Basis = basis,
        };
        if (demands.AreAlarms)
        {
            double?[] thresholds = new double?[said.Classes.Count];
            foreach ((int label, double recall) in demands.Recall)
            {
                thresholds[label] = AlarmThreshold.ForRecall(
                    Scores(label)[label],
                    recall,
                    demands.Confidence,
                    said.Classes[label]
                );
            }

            foreach ((int label, double most) in demands.FalseAlarms)
            {
                thresholds[label] = AlarmThreshold.ForFalseAlarms(
                    Scores(label),
                    label,
                    map.Frequencies,
                    most,
                    demands.Confidence,
                    said.Classes[label]
                );
            }

            return plain with
            {
                Thresholds = thresholds,
            };
        }

        Decision decided = plain with
        {
            Costs = demands.Costs,
            Weights = demands.Best is { } metric
                ? LabelWeights.Of(
                    probabilities,
                    labels,
                    metric,
                    [
                        [.. said.Classes.Select(_ => 1.0)],
                        [.. map.Frequencies.Select(frequency => frequency > 0 ? 1 / frequency : 0)],
                    ]
                )
                : null,
        };
        return demands.Rejected is null && demands.Risk is null
            ? decided
            : decided with
            {
                LeastConfidence = LeastConfidence(RiskCoverageOf(decided), demands),
            };
    }

    /// <summary>How many of a decision's labels are wrong where only the surest are given, at the frequencies where it is used.</summary>
    internal RiskCoverage RiskCoverageOf(Decision decision)
    {
        Decision all = decision with { LeastConfidence = null };
        (double Confidence, bool IsRight)[] decided =
        [
            .. said.Images.Select(image =>
            {
                Decided made = all.Of(image.Probabilities);
                return (made.Probabilities[made.Label!.Value], made.Label == image.Label);
            }),
        ];
        return RiskCoverage.Of(
            [.. decided.Select(image => image.Confidence)],
            [.. decided.Select(image => image.IsRight)],
            [.. labels.Select(label => map.Frequencies[label] / map.Implied[label])]
        );
    }

    private static double LeastConfidence(RiskCoverage curve, Demands demands)
    {
        double ofRisk = demands.Risk is { } risk ? curve.AtMost(risk, demands.Confidence).Confidence : 0;
        double ofShare = demands.Rejected is { } share
            ? curve.Points.First(point => point.Coverage >= 1 - share).Confidence
            : 1;
        return demands is { Rejected: not null, Risk: not null } && ofRisk > ofShare
                ? throw new CounterpoiseException(
                    $"at most {100 * demands.Risk:0.##} % of decisions wrong needs more images left to people than {100 * demands.Rejected:0.##} %; allow more of either."
                )
            : demands.Risk is not null ? ofRisk
            : ofShare;
    }

    /// <summary>The probabilities of a class, by the class of the images.</summary>
    private double[][] Scores(int label)
    {
        var scores = new List<double>[said.Classes.Count];
        for (int c = 0; c < scores.Length; c++)
        {
            scores[c] = [];
        }

        for (int i = 0; i < labels.Length; i++)
        {
            scores[labels[i]].Add(probabilities[i][label]);
        }

        return [.. scores.Select(of => of.ToArray())];
    }
}
