using Counterpoise.Data;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>The mean over classes of the mean log loss of each class's images: small classes count as much as large ones.</summary>
internal static class BalancedLogLoss
{
    private const int Steps = 40;
    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>The loss of logits divided by the temperature that is best for them, so that being too sure alone is not held against them.</summary>
    /// <param name="logits">[N, classes], float64.</param>
    /// <param name="table">The N labels.</param>
    /// <returns>In nats.</returns>
    internal static double AtBestTemperature(Tensor logits, FeatureTable table)
    {
        using var scope = NewDisposeScope();
        Tensor targets = table.Targets;
        int[] counts = ClassCounts.Of(table.Labels, table.Classes);
        int present = counts.Count(count => count > 0);
        Tensor weights = tensor(table.Labels.Select(label => 1.0 / counts[label] / present).ToArray());

        double Loss(double logTemperature)
        {
            using var one = NewDisposeScope();
            Tensor scaled = logits / Math.Exp(logTemperature);
            return (nn.functional.cross_entropy(scaled, targets, reduction: nn.Reduction.None) * weights)
                .sum()
                .item<double>();
        }

        // The loss is convex in the inverse of the temperature, so it has one valley.
        double low = -5;
        double high = 5;
        double left = high - (Golden * (high - low));
        double right = low + (Golden * (high - low));
        (double ofLeft, double ofRight) = (Loss(left), Loss(right));
        for (int step = 0; step < Steps; step++)
        {
            if (ofLeft <= ofRight)
            {
                (high, right, ofRight) = (right, left, ofLeft);
                left = high - (Golden * (high - low));
                ofLeft = Loss(left);
            }
            else
            {
                (low, left, ofLeft) = (left, right, ofRight);
                right = low + (Golden * (high - low));
                ofRight = Loss(right);
            }
        }

        return Math.Min(ofLeft, ofRight);
    }
}
