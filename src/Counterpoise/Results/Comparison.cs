using Counterpoise.Metrics;

namespace Counterpoise.Results;

/// <summary>What runs of several methods came to: a row a method, over the seeds, or over the folds where there are such.</summary>
internal static class Comparison
{
    /// <summary>The accuracies that are compared: their keys in JSON and CSV, their names in tables, and where they are.</summary>
    public static IReadOnlyList<(string Key, string Title, Func<ClassificationMetrics, double?> Of)> Columns { get; } =
    [
        ("accuracy", "accuracy", test => test.Accuracy),
        ("balanced_accuracy", "balanced", test => test.BalancedAccuracy),
        ("many_accuracy", "many", test => test.ManyAccuracy),
        ("medium_accuracy", "medium", test => test.MediumAccuracy),
        ("few_accuracy", "few", test => test.FewAccuracy),
        ("worst_class_accuracy", "worst class", test => test.PerClassAccuracy.Min()),
    ];

    /// <summary>The rows of finished runs, in the order in which methods come first.</summary>
    public static IReadOnlyList<ComparisonRow> Of(IEnumerable<ComparedResult> runs) =>
        [
            .. runs.GroupBy(run => run.Methods)
                .Select(group => new ComparisonRow(
                    group.Key,
                    [.. group.Select(run => run.Seed).Distinct()],
                    group.First().Epochs,
                    new SampleStatistic([.. group.Select(run => run.Seconds)]),
                    [.. Columns.Select((_, i) => SampleStatistic.Of(Values(group, i)))]
                )
                {
                    Folds = group.Select(run => run.Fold).Where(fold => fold > 0).Distinct().Count(),
                }),
        ];

    /// <summary>One value a seed, or one a fold, which is the mean over the seeds there.</summary>
    private static IEnumerable<double?> Values(IEnumerable<ComparedResult> runs, int column) =>
        runs.All(run => run.Fold == 0)
            ? runs.Select(run => run.Accuracies[column])
            : runs.GroupBy(run => run.Fold).Select(fold => fold.Average(run => run.Accuracies[column]));

    /// <summary>The best mean of each column, or null where there is none.</summary>
    public static IReadOnlyList<double?> Best(IReadOnlyList<ComparisonRow> rows) =>
        [.. Columns.Select((_, i) => rows.Max(row => row.Accuracies[i]?.Mean))];
}

/// <summary>One method of a comparison.</summary>
/// <param name="Methods">Its name, or names joined by '+'.</param>
/// <param name="Seeds">The seeds of its runs, each once.</param>
/// <param name="Epochs">Epochs of all phases.</param>
/// <param name="Seconds">The time of the training passes of a run.</param>
/// <param name="Accuracies">In percent, by <see cref="Comparison.Columns"/>; null where there are no such classes.</param>
internal sealed record ComparisonRow(
    string Methods,
    IReadOnlyList<ulong> Seeds,
    int Epochs,
    SampleStatistic Seconds,
    IReadOnlyList<SampleStatistic?> Accuracies
)
{
    /// <summary>The folds that it was tested on; 0 where data was not divided into folds.</summary>
    public int Folds { get; init; }
}
