using Counterpoise.Metrics;

namespace Counterpoise.Results;

/// <summary>What runs of several methods came to: a row a method, over the seeds, or over the folds where there are such.</summary>
internal static class Comparison
{
    /// <summary>The metrics that are compared.</summary>
    public static IReadOnlyList<ComparedColumn> Columns { get; } =
    [
        new("accuracy", "accuracy", test => test.Accuracy, Spare: 0),
        new("balanced_accuracy", "balanced", test => test.BalancedAccuracy, Spare: 0),
        new("macro_f1", "macro F1", test => test.MacroF1, Spare: 3),
        new("many_accuracy", "many", test => test.ManyAccuracy, Spare: 5),
        new("medium_accuracy", "medium", test => test.MediumAccuracy, Spare: 6),
        new("few_accuracy", "few", test => test.FewAccuracy, Spare: 4),
        new("worst_class_accuracy", "worst class", test => test.PerClassAccuracy.Min(), Spare: 2),
        new("macro_average_precision", "macro AP", test => test.Scores?.MacroAveragePrecision, Spare: 7),
        new("macro_auroc", "macro AUROC", test => test.Scores?.MacroAuroc, Spare: 8),
    ];

    private const int Balanced = 1;

    /// <summary>The rows of finished runs, in the order in which methods come first.</summary>
    public static IReadOnlyList<ComparisonRow> Of(IReadOnlyList<ComparedResult> runs)
    {
        ComparisonRow[] rows =
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
        if (rows.MaxBy(row => row.Accuracies[Balanced]?.Mean) is not { } best)
        {
            return rows;
        }

        return
        [
            .. rows.Select(row =>
                row == best
                    ? row
                    : row with
                    {
                        Difference = Difference(
                            runs.Where(run => run.Methods == row.Methods),
                            runs.Where(run => run.Methods == best.Methods)
                        ),
                    }
            ),
        ];
    }

    /// <summary>The balanced accuracy of some runs less that of others, where both were trained with the same seeds and tested on the same images.</summary>
    private static PairedDifference? Difference(IEnumerable<ComparedResult> one, IEnumerable<ComparedResult> other)
    {
        PredictedImages[] ones = BySeed(one);
        PredictedImages[] others = BySeed(other);
        if (ones.Length == 0 || ones.Length != others.Length)
        {
            return null;
        }

        int[] labels = ones[0].Labels;
        if (!ones.Concat(others).All(said => said.Labels.SequenceEqual(labels)))
        {
            return null;
        }

        var bootstrap = new PairedBootstrap(
            labels,
            ones[0].Groups,
            ones[0].Classes.Count,
            DecisionMetric.BalancedAccuracy,
            seed: 0
        );
        return bootstrap.Of([.. ones.Select(said => said.Predicted)], [.. others.Select(said => said.Predicted)]);
    }

    /// <summary>What runs of each seed say, those of all folds together; none unless all was kept.</summary>
    private static PredictedImages[] BySeed(IEnumerable<ComparedResult> runs) =>
        runs.Any(run => run.Said is null)
            ? []
            :
            [
                .. runs.GroupBy(run => run.Seed)
                    .OrderBy(seed => seed.Key)
                    .Select(seed => new PredictedImages(
                        seed.First().Said!.Classes,
                        [.. seed.OrderBy(run => run.Fold).SelectMany(run => run.Said!.Images)]
                    )),
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

/// <summary>A metric that is compared.</summary>
/// <param name="Key">In JSON and CSV.</param>
/// <param name="Title">In tables.</param>
/// <param name="Of">Where it is.</param>
/// <param name="Spare">0 for one that every table shows; where there is no room the largest is left out first.</param>
internal sealed record ComparedColumn(string Key, string Title, Func<ClassificationMetrics, double?> Of, int Spare);

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

    /// <summary>Its balanced accuracy less that of the best row, on the same test images and over the same seeds; null for the best row, and where what runs say of test images was not kept.</summary>
    public PairedDifference? Difference { get; init; }
}
