namespace Counterpoise.Metrics;

/// <summary>All statistics of classes, in the order in which they are written.</summary>
internal static class ClassStatistics
{
    internal static ClassStatistic ClassificationRatio { get; } =
        new PredictionRatio("classification_ratio", ofTest: false) { Column = new("ratio", "ratio", "F2") };

    internal static ClassStatistic GradientNorm { get; } =
        new GradientNorm("gradient_norm") { Column = new("gradient", "gradient norm", "G3") };

    internal static ClassStatistic FeatureDeviation { get; } =
        new DeviationOfFeatures("feature_deviation") { Column = new("deviation", "deviation", "G3") };

    internal static ClassStatistic TrainEntropy { get; } = new PredictionEntropy("train_entropy", ofTest: false);

    internal static ClassStatistic TestEntropy { get; } = new PredictionEntropy("test_entropy", ofTest: true);

    internal static ClassStatistic WeightNorm { get; } = new WeightNorm("weight_norm") { IsOptional = true };

    /// <summary>The statistics.</summary>
    internal static IReadOnlyList<ClassStatistic> All { get; } =
    [
        ClassificationRatio,
        new PredictionRatio("test_classification_ratio", ofTest: true) { IsOptional = true },
        GradientNorm,
        FeatureDeviation,
        TrainEntropy,
        TestEntropy,
        WeightNorm,
    ];

    /// <summary>Those that tables of classes show.</summary>
    internal static IEnumerable<(ClassStatistic Statistic, StatisticColumn Column)> Shown =>
        All.Where(statistic => statistic.Column is not null).Select(statistic => (statistic, statistic.Column!));
}
