using Counterpoise.Analysis;
using Counterpoise.Runs;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints what runs have recorded: a table of classes and the mistakes of every run, and the figures.</summary>
internal static class AnalysisText
{
    private const int Confusions = 5;

    internal static void Print(IReadOnlyList<RunHistory> runs, IReadOnlyList<FigureFile> figures)
    {
        foreach (RunHistory run in runs)
        {
            Print(run);
        }

        foreach (FigureFile figure in figures.Where(figure => figure.File is not null))
        {
            Console.WriteLine($"figure   {figure.File}");
        }

        foreach (
            IGrouping<string, FigureFile> missing in figures
                .Where(figure => figure.Missing is not null)
                .GroupBy(figure => figure.Missing!)
        )
        {
            Console.WriteLine(
                $"missing  {string.Join(", ", missing.Select(figure => figure.Kind.Name))}: needs {missing.Key}"
            );
        }
    }

    private static void Print(RunHistory run)
    {
        Console.WriteLine(
            $"{run.Folder}: {run.Method}, {run.Recipe.Model}, {run.Origin.Data}, seed {run.Recipe.Seed}, "
                + $"{run.Epochs.Count} of {run.PlannedEpochs} epochs{(run.IsFinished ? "" : ", not finished")}"
        );
        PrintClasses(run);
        if (run.Test is { } test)
        {
            Console.WriteLine(
                $"test accuracy {Number(test.Accuracy, "F2")} %, balanced {Number(test.Balanced, "F2")} %, "
                    + $"many/medium/few {Number(test.Many, "F2")} / {Number(test.Medium, "F2")} / {Number(test.Few, "F2")} %"
            );
        }

        if (run.Statistics?.ExpectedError is { } error)
        {
            Console.WriteLine($"expected calibration error {error:F3}");
        }

        foreach (Confusion confusion in run.Statistics?.TopConfusions(Confusions) ?? [])
        {
            Console.WriteLine(
                $"mistake  {run.Classes[confusion.Label]} taken for {run.Classes[confusion.Predicted]}: "
                    + $"{confusion.Images} images, {confusion.Share:P0} of the class"
            );
        }
    }

    private static void PrintClasses(RunHistory run)
    {
        RecordedStatistics? statistics = run.Statistics;
        (string Title, IReadOnlyList<double?>? Values, string Format)[] columns =
        [
            ("training %", run.TrainPerClass, "F1"),
            ("test %", run.Test?.PerClass, "F1"),
            ("ratio", statistics?.ClassificationRatio, "F2"),
            ("gradient norm", statistics?.GradientNorm, "G3"),
            ("deviation", statistics?.FeatureDeviation, "G3"),
        ];
        var table = new Table().Border(TableBorder.Simple).AddColumn("class");
        table.AddColumn(new TableColumn("images").RightAligned());
        foreach ((string title, _, _) in columns)
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (int c in run.BySize)
        {
            table.AddRow([
                Markup.Escape(run.Classes[c]),
                $"{run.ClassCounts[c]}",
                .. columns.Select(column => Number(column.Values?[c], column.Format)),
            ]);
        }

        AnsiConsole.Write(table);
    }

    private static string Number(double? value, string format) => value is { } number ? number.ToString(format) : "-";
}
