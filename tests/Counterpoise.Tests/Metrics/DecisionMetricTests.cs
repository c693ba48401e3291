using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class DecisionMetricTests
{
    private static readonly PredictedImages Said = RandomPredictions.Make(400, seed: 1);
    private static readonly int[] Labels = Said.Labels;
    private static readonly int[] Predicted = Said.Predicted;

    private static readonly ClassificationMetrics Found = ClassificationMetrics.Of(
        Predicted,
        Labels,
        new int[RandomPredictions.Classes]
    );

    [Fact]
    public void Precision_and_F1_are_those_counted_one_by_one()
    {
        for (int c = 0; c < RandomPredictions.Classes; c++)
        {
            double right = Count((label, predicted) => label == c && predicted == c);
            double of = Count((label, _) => label == c);
            double asIt = Count((_, predicted) => predicted == c);
            double? precision =
                asIt > 0 ? 100 * right / asIt
                : of > 0 ? 0
                : null;
            double? f1 =
                of + asIt == 0 ? null
                : right == 0 ? 0
                : 2 / ((1 / (100 * right / of)) + (1 / precision));
            Assert.Equal(precision is null, Found.PerClassPrecision![c] is null);
            Assert.Equal(precision ?? 0, Found.PerClassPrecision![c] ?? 0, 1e-9);
            Assert.Equal(f1 is null, Found.PerClassF1![c] is null);
            Assert.Equal(f1 ?? 0, Found.PerClassF1![c] ?? 0, 1e-9);
        }

        double?[] own = [.. Found.PerClassF1!];
        Assert.Equal(own.Average()!.Value, Found.MacroF1!.Value, 1e-9);
        Assert.Equal(Labels.Average(label => own[label])!.Value, Found.WeightedF1!.Value, 1e-9);
        Assert.Equal(0, Found.PerClassF1![RandomPredictions.Silent]);
    }

    [Fact]
    public void Geometric_mean_and_worst_class_are_of_classes_that_have_images()
    {
        double[] recalls = [.. Found.PerClassAccuracy.OfType<double>()];
        Assert.Equal(RandomPredictions.Classes - 1, recalls.Length);
        Assert.Equal(recalls.Min(), Found.WorstClassRecall);
        Assert.Equal(0, Found.GeometricMean); // One class is never found.
        Assert.Equal(
            Math.Sqrt(100 * 25),
            ClassificationMetrics.Of([0, 1, 0, 0, 0], [0, 1, 1, 1, 1], [1, 1, 1]).GeometricMean!.Value,
            1e-9
        );
    }

    [Fact]
    public void Matthews_correlation_is_that_of_classes_as_unit_vectors()
    {
        double covariance = Correlation(Labels, Predicted);
        double expected = covariance / Math.Sqrt(Correlation(Labels, Labels) * Correlation(Predicted, Predicted));
        Assert.Equal(expected, Found.MatthewsCorrelation!.Value, 1e-9);
        Assert.Equal(0, ClassificationMetrics.Of([0, 0], [0, 1], [1, 1]).MatthewsCorrelation);

        static double Correlation(int[] one, int[] other) =>
            Enumerable
                .Range(0, RandomPredictions.Classes)
                .Sum(c =>
                {
                    double[] x = [.. one.Select(label => label == c ? 1.0 : 0)];
                    double[] y = [.. other.Select(label => label == c ? 1.0 : 0)];
                    return x.Zip(y, (a, b) => (a - x.Average()) * (b - y.Average())).Average();
                });
    }

    [Fact]
    public void Kappas_are_agreement_beyond_what_independent_classes_would_have()
    {
        Assert.Equal(1 - Disagreement((a, b) => a == b ? 0 : 1), Found.Kappa!.Value, 1e-9);
        Assert.Equal(
            1 - Disagreement((a, b) => (a - b) * (a - b)),
            new ConfusionMatrix(Predicted, Labels, RandomPredictions.Classes).QuadraticKappa,
            1e-9
        );

        static double Disagreement(Func<int, int, double> cost) =>
            Labels.Zip(Predicted, cost).Average() / Labels.Average(a => Predicted.Average(b => cost(a, b)));
    }

    [Fact]
    public void A_metric_that_there_is_not_is_refused_with_those_that_there_are()
    {
        string message = Assert.Throws<UsageException>(() => DecisionMetric.Find("f1", "--metric")).Message;
        Assert.StartsWith("--metric is 'f1'; expected one of accuracy, balanced_accuracy, macro_f1,", message);
        Assert.Equal(DecisionMetric.Kappa, DecisionMetric.Find("kappa", "--metric"));
    }

    private static int Count(Func<int, int, bool> isSo) =>
        Labels.Zip(Predicted).Count(pair => isSo(pair.First, pair.Second));
}
