using Counterpoise.Metrics;
using Counterpoise.Results;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    private const int MostConfusions = 10;
    private const string None = "–";

    /// <summary>Metrics that some run has.</summary>
    private static IReadOnlyList<(string Title, Func<ClassificationMetrics, double?> Value)> Metrics(
        IReadOnlyList<NamedRun> runs
    ) =>
        [
            .. Comparison
                .Columns.Where(column => runs.Any(run => run.History.Test is { } test && column.Of(test) is not null))
                .Select(column => ($"{column.Title} %", column.Of)),
        ];

    /// <summary>Test accuracies of every run.</summary>
    internal static ReportTable Runs(IReadOnlyList<NamedRun> runs)
    {
        var metrics = Metrics(runs);
        return new ReportTable(
            "Every run on test images after its last epoch; balanced is the mean of the classes' recalls; many, medium and few are means over classes with more than 100, 20 to 100 and fewer than 20 training images; ECE is the expected calibration error.",
            ["run", .. metrics.Select(metric => metric.Title), "ECE", "epochs"],
            [.. runs.Select(run => Row(run.Name, run.History, metrics))]
        );
    }

    /// <summary>Mean and spread over seeds of every method; null unless one has several finished runs.</summary>
    internal static ReportTable? Methods(IReadOnlyList<NamedRun> runs)
    {
        IGrouping<string, ClassificationMetrics>[] methods =
        [
            .. runs.Select(run => run.History)
                .Where(run => run is { Result: not null, Test: not null })
                .GroupBy(run => run.Recipe.MethodNames, run => run.Test!),
        ];
        var metrics = Metrics(runs);
        return methods.All(method => method.Count() < 2)
            ? null
            : new ReportTable(
                "Mean ± sample standard deviation (n - 1) over the seeds.",
                ["method", "seeds", .. metrics.Select(metric => metric.Title)],
                [
                    .. methods.Select(method =>
                        (IReadOnlyList<string>)
                            [
                                method.Key,
                                $"{method.Count()}",
                                .. metrics.Select(metric =>
                                    SampleStatistic.Of(method.Select(metric.Value))?.Show("F1") ?? None
                                ),
                            ]
                    ),
                ]
            );
    }

    /// <summary>Every class of a run, with what there is of it.</summary>
    internal static ReportTable Classes(NamedRun named)
    {
        RunHistory run = named.History;
        (string Title, IReadOnlyList<double?>? Values, string Format)[] columns =
        [
            ("training recall %", run.TrainPerClassAccuracy, "F1"),
            ("recall %", run.Test?.PerClassAccuracy, "F1"),
            ("precision %", run.Test?.PerClassPrecision, "F1"),
            ("F1 %", run.Test?.PerClassF1, "F1"),
            ("AP %", run.Test?.Scores?.PerClassAveragePrecision, "F1"),
            ("AUROC %", run.Test?.Scores?.PerClassAuroc, "F1"),
            .. ClassStatistics.Shown.Select(shown =>
                (shown.Column.LongTitle, run.Statistics?[shown.Statistic], shown.Column.Format)
            ),
        ];
        columns = [.. columns.Where(column => column.Values is not null)];
        return new ReportTable(
            $"Classes of {named.Name}, in order of their training images. Ratio: training images predicted as the class over images of it.",
            ["class", "images", .. columns.Select(column => column.Title)],
            [
                .. run.BySize.Select(c =>
                    (IReadOnlyList<string>)
                        [
                            run.Classes[c],
                            $"{run.ClassCounts[c]}",
                            .. columns.Select(column => Number(column.Values![c], column.Format)),
                        ]
                ),
            ]
        );
    }

    /// <summary>The most frequent mistakes of a run; null without statistics.</summary>
    internal static ReportTable? Confusions(NamedRun named)
    {
        RunHistory run = named.History;
        return run.Statistics is null
            ? null
            : new ReportTable(
                $"The most frequent mistakes of {named.Name} on test images.",
                ["true class", "predicted as", "images", "of the class"],
                [
                    .. run
                        .Statistics.Confusion.Top(MostConfusions)
                        .Select(confusion =>
                            (IReadOnlyList<string>)
                                [
                                    run.Classes[confusion.Label],
                                    run.Classes[confusion.Predicted],
                                    $"{confusion.Images}",
                                    $"{100 * confusion.Share:F0} %",
                                ]
                        ),
                ]
            )
            {
                WordColumns = 2,
            };
    }

    /// <summary>Where a run comes from.</summary>
    internal static ReportTable Origin(NamedRun named)
    {
        RunHistory run = named.History;
        RunDescription origin = run.Description;
        (string Name, string? Value)[] facts =
        [
            ("folder", run.Path),
            ("command", origin.Command),
            ("method", run.Recipe.MethodNames),
            ("network", run.Recipe.Model),
            ("seed", $"{run.Recipe.Seed}"),
            ("data", origin.DataName),
            ("training images", $"{run.ClassCounts.Sum()} in {run.Classes.Count} classes"),
            ("fingerprint of the data", origin.Fingerprint),
            ("started", origin.Started),
            ("machine", origin.Machine),
            (
                "computation",
                $"{origin.Device ?? "?"}, {origin.Precision ?? "?"}, {origin.Threads?.ToString() ?? "?"} threads"
            ),
            ("version", origin.Version ?? origin.WrittenBy),
            ("time of the training passes", Time(run)),
        ];
        return new ReportTable(
            $"How {named.Name} was run.",
            ["", ""],
            [.. facts.Select(fact => (IReadOnlyList<string>)[fact.Name, fact.Value ?? "not recorded"])]
        )
        {
            WordColumns = 2,
        };
    }

    private static IReadOnlyList<string> Row(
        string name,
        RunHistory run,
        IReadOnlyList<(string Title, Func<ClassificationMetrics, double?> Value)> metrics
    ) =>
        [
            name,
            .. metrics.Select(metric => Number(run.Test is { } test ? metric.Value(test) : null, "F1")),
            Number(run.Statistics?.Calibration.ExpectedError, "F3"),
            run.Result is null ? $"{run.Epochs.Count} of {run.PlannedEpochs}, not finished" : $"{run.PlannedEpochs}",
        ];

    private static string Time(RunHistory run)
    {
        var time = TimeSpan.FromSeconds(run.Epochs.Sum(epoch => epoch.Seconds));
        return $"{(int)time.TotalHours}:{time:mm\\:ss} h";
    }

    private static string Number(double? value, string format) => value is { } number ? number.ToString(format) : None;
}
