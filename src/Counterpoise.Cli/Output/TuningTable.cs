using System.Text.Json.Nodes;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>Prints all trials of a study, what was chosen and why, and the result of the training on the full set.</summary>
internal static class TuningTable
{
    internal static void Print(Study study, StudyResult result, string about)
    {
        Sheet<TrialRow> sheet = new Sheet<TrialRow>(result.Trials).Numbers("trial", row => $"{row.Number}");
        foreach (string key in study.Plan.Space.Dimensions.Select(dimension => dimension.Key))
        {
            sheet.Numbers(key, row => row.Settings.FirstOrDefault(setting => setting.Key == key)?.Value ?? "-");
        }

        sheet
            .Numbers(
                "held-out balanced %",
                row => row.Score is { } score ? $"{score.Accuracy:F2} ± {score.Error:F2}" : "-",
                row => row == result.Chosen
            )
            .Numbers("splits", row => $"{row.Splits.Count}")
            .Numbers("epochs", row => $"{row.Epochs}")
            .Words("state", row => row == result.Chosen ? "chosen" : $"{row.State}".ToLowerInvariant())
            .Print();
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
