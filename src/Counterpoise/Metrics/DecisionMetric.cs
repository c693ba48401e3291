using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>A number that says how good predicted classes are; larger is better.</summary>
/// <param name="Key">Its key in JSON and CSV, and its name on the command line.</param>
/// <param name="Title">In tables.</param>
/// <param name="Of">Computes it; null where no class has what it needs.</param>
internal sealed record DecisionMetric(string Key, string Title, Func<ClassTallies, double?> Of)
{
    /// <summary>Images classified correctly, in percent.</summary>
    internal static DecisionMetric Accuracy { get; } =
        new("accuracy", "accuracy", tallies => 100.0 * tallies.Right.Sum() / tallies.Total);

    /// <summary>The mean of recalls over classes that have images, in percent.</summary>
    internal static DecisionMetric BalancedAccuracy { get; } =
        new("balanced_accuracy", "balanced", tallies => tallies.Of(tallies.Recall).Average());

    /// <summary>The mean of F1 over classes that have images or are predicted, in percent.</summary>
    internal static DecisionMetric MacroF1 { get; } =
        new("macro_f1", "macro F1", tallies => tallies.Of(tallies.F1).Average());

    /// <summary>The mean of F1, weighted by the images of each class, in percent.</summary>
    internal static DecisionMetric WeightedF1 { get; } =
        new(
            "weighted_f1",
            "weighted F1",
            tallies =>
                Enumerable.Range(0, tallies.Classes).Sum(c => tallies.Images[c] * (tallies.F1(c) ?? 0)) / tallies.Total
        );

    /// <summary>The geometric mean of recalls, in percent; 0 where one is.</summary>
    internal static DecisionMetric GeometricMean { get; } =
        new(
            "geometric_mean",
            "geometric mean",
            tallies => Math.Exp(tallies.Of(tallies.Recall).Average(recall => Math.Log(recall)))
        );

    /// <summary>The smallest recall, in percent.</summary>
    internal static DecisionMetric WorstClass { get; } =
        new("worst_class_recall", "worst class", tallies => tallies.Of(tallies.Recall).Min());

    /// <summary>
    /// Matthews' correlation of predicted and true classes, -1 to 1 (Gorodkin, Computational Biology and Chemistry, 2004); 0
    /// where all images are of one class or predicted as one.
    /// </summary>
    internal static DecisionMetric Matthews { get; } =
        new(
            "mcc",
            "MCC",
            tallies =>
            {
                double all = tallies.Total;
                double both = tallies.Images.Zip(tallies.Predictions, (t, p) => (double)t * p).Sum();
                double truth = (all * all) - tallies.Images.Sum(t => (double)t * t);
                double said = (all * all) - tallies.Predictions.Sum(p => (double)p * p);
                return truth * said == 0 ? 0 : ((tallies.Right.Sum() * all) - both) / Math.Sqrt(truth * said);
            }
        );

    /// <summary>Cohen's kappa, agreement beyond chance, up to 1 (Educational and Psychological Measurement, 1960); 0 where chance would agree always.</summary>
    internal static DecisionMetric Kappa { get; } =
        new(
            "kappa",
            "kappa",
            tallies =>
            {
                double all = tallies.Total;
                double chance = tallies.Images.Zip(tallies.Predictions, (t, p) => t / all * (p / all)).Sum();
                return chance >= 1 ? 0 : ((tallies.Right.Sum() / all) - chance) / (1 - chance);
            }
        );

    /// <summary>All of them, in the order in which they are shown.</summary>
    internal static IReadOnlyList<DecisionMetric> All { get; } =
    [Accuracy, BalancedAccuracy, MacroF1, WeightedF1, GeometricMean, WorstClass, Matthews, Kappa];

    /// <summary>Finds one by its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="option">The option or setting that names it, for the message.</param>
    /// <exception cref="UsageException">There is none of that name.</exception>
    internal static DecisionMetric Find(string key, string option) =>
        All.FirstOrDefault(metric => metric.Key == key)
        ?? throw new UsageException(
            $"{option} is '{key}'; expected one of {string.Join(", ", All.Select(metric => metric.Key))}."
        );
}
