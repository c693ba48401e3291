using System.Text.Json.Nodes;
using Counterpoise.Tuning;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints all trials of a study, what was chosen and why, and the result of the training on the full set.</summary>
internal static class TuningTable
{
    internal static void Print(Study study, StudyResult result, string about)
    {
        string[] keys = [.. study.Plan.Space.Dimensions.Select(dimension => dimension.Key)];
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("trial").RightAligned());
        foreach (string title in keys.Append("held-out balanced %"))
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        table.AddColumn(new TableColumn("splits").RightAligned());
        table.AddColumn(new TableColumn("epochs").RightAligned());
        table.AddColumn("state");
        foreach (TrialRow row in result.Trials)
        {
            string score = row.Score is { } s ? $"{s.Accuracy:F2} ± {s.Error:F2}" : "-";
            table.AddRow([
                $"{row.Number}",
                .. keys.Select(key =>
                    Markup.Escape(row.Settings.FirstOrDefault(setting => setting.Key == key)?.Value ?? "-")
                ),
                row == result.Chosen ? $"[bold]{score}[/]" : score,
                $"{row.Splits.Count}",
                $"{row.Epochs}",
                row == result.Chosen ? "chosen" : $"{row.State}".ToLowerInvariant(),
            ]);
        }

        AnsiConsole.Write(table);
        Console.WriteLine($"{about}. Mean over classes and splits ± standard error, in percent.");
        if (result.Chosen is { } chosen)
        {
            Choice(result, chosen);
        }

        if (TuningFiles.FinalResult(study, result) is JsonObject final)
        {
            Console.WriteLine("trained on the full set with what was chosen:");
            ResultTable.Print(final, study.FinalRun);
        }
    }

    private static void Choice(StudyResult result, TrialRow chosen)
    {
        Console.WriteLine($"chosen: {string.Join(", ", chosen.Settings)} (trial {chosen.Number})");
        if (result.Ties.Count > 0)
        {
            Console.WriteLine($"exactly as good: {Names(result.Ties)}; the earlier trial is chosen");
        }

        if (result.Close.Count > 0)
        {
            Console.WriteLine($"within one standard error of it: {Names(result.Close)}; more splits would tell more");
        }
    }

    private static string Names(IReadOnlyList<TrialRow> rows) =>
        $"{(rows.Count == 1 ? "trial" : "trials")} {string.Join(", ", rows.Select(row => row.Number))}";
}
