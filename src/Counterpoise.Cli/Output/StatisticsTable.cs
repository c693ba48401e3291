using Counterpoise.Report;
using Counterpoise.Runs;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints the newest statistics of a run: every class, the most frequent confusions, calibration.</summary>
internal static class StatisticsTable
{
    private const int MostConfusions = 5;

    internal static void Print(NamedRun run)
    {
        RunHistory history = run.History;
        if (history.Studied is not [.., { Statistics: { } statistics } last])
        {
            Console.WriteLine(
                $"{history.Path} has no statistics: train with --statistics every=1, or take them from its kept checkpoints with --recompute."
            );
            return;
        }

        Console.WriteLine($"{history.Path}: {history.Recipe.MethodNames}, after {last.Epoch} epochs");
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        foreach (string column in new[] { "images", "train %", "test %", "ratio", "gradient", "deviation" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (int label in history.BySize)
        {
            table.AddRow(
                Markup.Escape(history.Classes[label]),
                $"{history.ClassCounts[label]}",
                Number(statistics.TrainPerClassAccuracy[label], "F1"),
                Number(last.PerClassAccuracy?[label], "F1"),
                Number(statistics.ClassificationRatio[label], "F2"),
                Number(statistics.GradientNorm[label], "G3"),
                Number(statistics.FeatureDeviation[label], "G3")
            );
        }

        AnsiConsole.Write(table);
        foreach (
            (int label, int predicted, int images) in statistics
                .Confusion.Where(cell => cell.Label != cell.Predicted)
                .OrderByDescending(cell => cell.Images)
                .Take(MostConfusions)
        )
        {
            Console.WriteLine(
                $"{images} test images of {history.Classes[label]} are taken for {history.Classes[predicted]}"
            );
        }

        Console.WriteLine($"expected calibration error {statistics.Calibration.ExpectedError:F3}");
    }

    private static string Number(double? value, string format) => value is { } number ? number.ToString(format) : "-";
}
