using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Classes as figures show them.</summary>
internal static class ClassChoice
{
    internal const string Label = "class (training images)";

    private const int MostLines = 10;

    /// <summary>All classes, the one with most training images first.</summary>
    internal static IReadOnlyList<Category> Categories(RunHistory run) =>
        [.. run.BySize.Select(c => new Category(run.Classes[c], $"{run.ClassCounts[c]}"))];

    /// <summary>Values in label order, brought into the order of <see cref="Categories"/>.</summary>
    internal static IReadOnlyList<double?> InOrder(RunHistory run, IReadOnlyList<double?> values) =>
        [.. run.BySize.Select(c => values[c])];

    /// <summary>All classes, or of many the largest, the smallest and those evenly between by rank.</summary>
    internal static IReadOnlyList<int> ForLines(RunHistory run)
    {
        IReadOnlyList<int> order = run.BySize;
        return order.Count <= MostLines
            ? order
            : [.. Enumerable.Range(0, MostLines).Select(i => order[i * (order.Count - 1) / (MostLines - 1)])];
    }

    /// <summary>What is to be said where <see cref="ForLines"/> leaves classes out.</summary>
    internal static string Note(RunHistory run) =>
        run.Classes.Count <= MostLines
            ? "Classes in order of their training images."
            : $"{MostLines} of {run.Classes.Count} classes, evenly by rank of their training images.";

    /// <summary>A line a class over the epochs with statistics.</summary>
    internal static IReadOnlyList<Line> Lines(
        RunHistory run,
        IReadOnlyList<int> classes,
        Func<RecordedStatistics, IReadOnlyList<double?>?> values
    ) =>
        [
            .. classes.Select(
                (c, style) =>
                    new Line(
                        $"{FigureStyle.Shorten(run.Classes[c])} ({run.ClassCounts[c]})",
                        [
                            .. run
                                .Epochs.Select(epoch =>
                                    (epoch.Epoch, Value: epoch.Statistics is { } s ? values(s)?[c] : null)
                                )
                                .Where(point => point.Value is not null)
                                .Select(point => new LinePoint(point.Epoch, point.Value!.Value)),
                        ],
                        style
                    )
            ),
        ];

    /// <summary>Whether every run has a list of values in at least one epoch.</summary>
    internal static bool AllHave(
        IReadOnlyList<RunHistory> runs,
        Func<RecordedStatistics, IReadOnlyList<double?>?> values
    ) => runs.All(run => run.Epochs.Any(epoch => epoch.Statistics is { } s && Has(values(s))));

    internal static bool Has(IReadOnlyList<double?>? values) => values?.Any(value => value is not null) ?? false;
}
