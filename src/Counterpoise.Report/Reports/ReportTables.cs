using System.Globalization;
using Counterpoise.Evaluation;
using Counterpoise.Report.Figures;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    private const int MostConfusions = 10;
    private const string None = "–";

    private static readonly (string Title, Func<RunAccuracies, double?> Value)[] Accuracies =
    [
        ("accuracy %", test => test.Accuracy),
        ("balanced %", test => test.Balanced),
        ("many %", test => test.Many),
        ("medium %", test => test.Medium),
        ("few %", test => test.Few),
        ("worst class %", test => test.PerClass.Min()),
    ];

    /// <summary>Test accuracies of every run.</summary>
    internal static ReportTable Runs(IReadOnlyList<RunHistory> runs)
    {
        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new ReportTable(
            "Test accuracy of every run after its last epoch; many, medium and few are means over classes with more than 100, 20 to 100 and fewer than 20 training images.",
            ["run", .. Accuracies.Select(a => a.Title), "ECE", "epochs"],
            [
                .. runs.Select(
                    (run, i) =>
                        (IReadOnlyList<string>)
                            [
                                names[i],
                                .. Accuracies.Select(a => Number(run.Test is { } test ? a.Value(test) : null, "F1")),
                                Number(run.Statistics?.ExpectedError, "F3"),
                                run.IsFinished
                                    ? $"{run.PlannedEpochs}"
                                    : $"{run.Epochs.Count} of {run.PlannedEpochs}, not finished",
                            ]
                ),
            ]
        );
    }

    /// <summary>Mean and spread over seeds of every method; null unless one has several finished runs.</summary>
    internal static ReportTable? Methods(IReadOnlyList<RunHistory> runs)
    {
        IGrouping<string, RunHistory>[] methods =
        [
            .. runs.Where(run => run is { IsFinished: true, Test: not null }).GroupBy(run => run.Method),
        ];
        return methods.All(method => method.Count() < 2)
            ? null
            : new ReportTable(
                "Mean ± sample standard deviation (n - 1) over the seeds.",
                ["method", "seeds", .. Accuracies.Select(a => a.Title)],
                [
                    .. methods.Select(method =>
                        (IReadOnlyList<string>)
                            [
                                method.Key,
                                $"{method.Count()}",
                                .. Accuracies.Select(a =>
                                    SampleStatistic.Of(method.Select(run => a.Value(run.Test!)))?.Show("F1") ?? None
                                ),
                            ]
                    ),
                ]
            );
    }

    /// <summary>Every class of a run.</summary>
    internal static ReportTable Classes(RunHistory run, string name) =>
        new(
            $"Classes of {name}, in order of their training images. Ratio: training images predicted as the class over images of it.",
            ["class", "images", "training %", "test %", "ratio", "gradient norm", "deviation"],
            [
                .. run.BySize.Select(c =>
                    (IReadOnlyList<string>)
                        [
                            run.Classes[c],
                            $"{run.ClassCounts[c]}",
                            Number(run.TrainPerClass?[c], "F1"),
                            Number(run.Test?.PerClass[c], "F1"),
                            Number(run.Statistics?.ClassificationRatio?[c], "F2"),
                            Number(run.Statistics?.GradientNorm?[c], "G3"),
                            Number(run.Statistics?.FeatureDeviation?[c], "G3"),
                        ]
                ),
            ]
        );

    /// <summary>The most frequent mistakes of a run; null without statistics.</summary>
    internal static ReportTable? Confusions(RunHistory run, string name) =>
        run.Statistics?.Confusion is null
            ? null
            : new ReportTable(
                $"The most frequent mistakes of {name} on test images.",
                ["true class", "predicted as", "images", "of the class"],
                [
                    .. run
                        .Statistics.TopConfusions(MostConfusions)
                        .Select(confusion =>
                            (IReadOnlyList<string>)
                                [
                                    run.Classes[confusion.Label],
                                    run.Classes[confusion.Predicted],
                                    $"{confusion.Images}",
                                    confusion.Share.ToString("P0", CultureInfo.InvariantCulture),
                                ]
                        ),
                ]
            )
            {
                WordColumns = 2,
            };

    /// <summary>Where a run comes from.</summary>
    internal static ReportTable Origin(RunHistory run, string name)
    {
        RunOrigin origin = run.Origin;
        (string Name, string? Value)[] facts =
        [
            ("folder", run.Name),
            ("command", origin.Command),
            ("method", run.Method),
            ("network", run.Recipe.Model),
            ("seed", $"{run.Recipe.Seed}"),
            ("data", origin.Data),
            ("training images", $"{run.ClassCounts.Sum()} in {run.Classes.Count} classes"),
            ("fingerprint of the data", origin.Fingerprint),
            ("started", origin.Started),
            ("machine", origin.Machine),
            (
                "computation",
                $"{origin.Device ?? "?"}, {origin.Precision ?? "?"}, {origin.Threads?.ToString() ?? "?"} threads"
            ),
            ("version", origin.Version),
            ("time of the training passes", Time(run)),
        ];
        return new ReportTable(
            $"How {name} was run.",
            ["", ""],
            [.. facts.Select(fact => (IReadOnlyList<string>)[fact.Name, fact.Value ?? "not recorded"])]
        )
        {
            WordColumns = 2,
        };
    }

    private static string? Time(RunHistory run) =>
        run.Epochs.Count > 0 && run.Epochs.All(epoch => epoch.Seconds is not null)
            ? $"{TimeSpan.FromSeconds(run.Epochs.Sum(epoch => epoch.Seconds!.Value)):d\\.hh\\:mm\\:ss}".TrimStart(
                '0',
                '.'
            )
            : null;

    private static string Number(double? value, string format) => value is { } number ? number.ToString(format) : None;
}
