using Counterpoise.Data;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>The mean over classes of the mean log loss of each class's images: small classes count as much as large ones.</summary>
internal static class BalancedLogLoss
{
    private const int Steps = 40;
    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>The loss of each image where logits are divided by the temperature that is best for all, so that being too sure alone is not held against them.</summary>
    /// <param name="logits">[N, classes], float64.</param>
    /// <param name="table">The N labels.</param>
    /// <returns>[N], in nats.</returns>
    internal static double[] AtBestTemperature(Tensor logits, FeatureTable table)
    {
        using var scope = NewDisposeScope();
        Tensor targets = table.Targets;
        int[] counts = ClassCounts.Of(table.Labels, table.Classes);
        int present = counts.Count(count => count > 0);
        Tensor weights = tensor(table.Labels.Select(label => 1.0 / counts[label] / present).ToArray());

        Tensor Each(double logTemperature) =>
            nn.functional.cross_entropy(logits / Math.Exp(logTemperature), targets, reduction: nn.Reduction.None);

        double Loss(double logTemperature)
        {
            using var one = NewDisposeScope();
            return (Each(logTemperature) * weights).sum().item<double>();
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

        return [.. Each((left + right) / 2).data<double>()];
    }

    /// <summary>The balanced loss of some images.</summary>
    /// <param name="losses">The loss of each.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="which">Which ones count.</param>
    internal static double Mean(IReadOnlyList<double> losses, IReadOnlyList<int> labels, Func<int, bool> which) =>
        Enumerable
            .Range(0, labels.Count)
            .Where(which)
            .GroupBy(row => labels[row])
            .Average(label => label.Average(row => losses[row]));
}
