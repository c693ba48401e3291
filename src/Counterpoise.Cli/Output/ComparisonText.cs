using Counterpoise.Results;

namespace Counterpoise.Cli.Output;

/// <summary>A comparison as words: what its tables have in common.</summary>
internal static class ComparisonText
{
    internal static IReadOnlyList<string> Titles { get; } =
    ["method", "seeds", .. Comparison.Columns.Select(column => column.Title), "epochs", "time"];

    /// <summary>The cells of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="best">The best mean of each column.</param>
    /// <param name="mark">Marks a cell as the best.</param>
    internal static IEnumerable<string> Cells(
        ComparisonRow row,
        IReadOnlyList<double?> best,
        Func<string, string> mark
    ) =>
        [
            row.Methods,
            $"{row.Seeds.Count}",
            .. row.Accuracies.Zip(
                best,
                (accuracy, most) =>
                    accuracy is null ? "-"
                    : accuracy.Mean == most ? mark(accuracy.Show("F2"))
                    : accuracy.Show("F2")
            ),
            $"{row.Epochs}",
            Durations.Describe(TimeSpan.FromSeconds(row.Seconds.Mean)),
        ];

    /// <summary>What the numbers are, in one sentence.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="about">The data and the network.</param>
    internal static string Note(IReadOnlyList<ComparisonRow> rows, string about) =>
        $"{about}. Test accuracy in percent after the last epoch"
        + (
            rows.Any(row => row.Seeds.Count > 1)
                ? ", mean ± standard deviation (n - 1) over the seeds"
                : ", one seed each"
        )
        + "; time of the training passes of a run, epochs of all phases.";
}
