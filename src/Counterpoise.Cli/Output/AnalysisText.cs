using Counterpoise.Metrics;
using Counterpoise.Report;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Output;

/// <summary>Prints what runs have recorded: every class, the most frequent confusions, calibration, and the figures.</summary>
internal static class AnalysisText
{
    private const int MostConfusions = 5;

    internal static void Print(RunSet set, IReadOnlyList<FigureFile> figures)
    {
        foreach (NamedRun run in set.Runs)
        {
            Print(run.History);
        }

        foreach (FigureFile figure in figures.Where(figure => figure.Path is not null))
        {
            Console.WriteLine($"figure   {figure.Path}");
        }

        foreach (
            IGrouping<string, FigureFile> missing in figures
                .Where(figure => figure.Path is null)
                .GroupBy(figure => figure.Missing!)
        )
        {
            Console.WriteLine(
                $"missing  {string.Join(", ", missing.Select(figure => figure.Name))}: needs {missing.Key}"
            );
        }
    }

    private static void Print(RunHistory run)
    {
        string statistics = run.Studied is { } studied ? $"statistics after {studied.Epoch} epochs" : "no statistics";
        Console.WriteLine(
            $"{run.Path}: {run.Recipe.MethodNames}, seed {run.Recipe.Seed}, {run.Epochs.Count} of {run.PlannedEpochs} epochs, {statistics}"
        );
        PrintClasses(run);
        foreach (Confusion confusion in run.Statistics?.Confusion.Top(MostConfusions) ?? [])
        {
            Console.WriteLine(
                $"{confusion.Images} test images of {run.Classes[confusion.Label]} ({100 * confusion.Share:F0} %) are taken for {run.Classes[confusion.Predicted]}"
            );
        }

        if (run.Statistics is { } known)
        {
            Console.WriteLine($"expected calibration error {known.Calibration.ExpectedError:F3}");
        }
    }

    private static void PrintClasses(RunHistory run)
    {
        TrainingStatistics? statistics = run.Statistics;
        (string Title, IReadOnlyList<double?>? Values, string Format)[] columns =
        [
            ("train %", run.TrainPerClassAccuracy, "F1"),
            ("recall %", run.Test?.PerClassAccuracy, "F1"),
            ("precision %", run.Test?.PerClassPrecision, "F1"),
            ("F1 %", run.Test?.PerClassF1, "F1"),
            .. ClassStatistics.Shown.Select(shown =>
                (shown.Column.Title, statistics?[shown.Statistic], shown.Column.Format)
            ),
        ];
        Sheet<int> sheet = new Sheet<int>(run.BySize)
            .Words("class", c => run.Classes[c])
            .Numbers("images", c => $"{run.ClassCounts[c]}");
        foreach ((string title, IReadOnlyList<double?>? values, string format) in columns)
        {
            if (values is not null)
            {
                sheet.Numbers(title, c => values[c]?.ToString(format) ?? "-");
            }
        }

        sheet.Print();
    }
}
