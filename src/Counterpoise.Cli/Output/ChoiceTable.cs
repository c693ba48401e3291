using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>The candidates of a choice, which one was chosen and why, and its one test.</summary>
internal static class ChoiceTable
{
    private const string Heading = "selection scores, optimistic: the best of several is better than it is";

    internal static void Print(Study study, ChoiceResult result, string about)
    {
        Console.WriteLine(Heading);
        new Sheet<ChoiceRow>(result.Rows)
            .Words("candidate", row => row.Candidate.Name)
            .Numbers(
                "out of fold %",
                row => row.Score is { } score ? $"{score.Accuracy:F2} ± {score.Error:F2}" : "-",
                row => row.Verdict == Verdict.Chosen
            )
            .Numbers("less the chosen's", row => row.Difference is { } less ? $"{less.Low:F1} .. {less.High:F1}" : "-")
            .Numbers("folds", row => $"{row.Folds}")
            .Numbers("time", row => row.Seconds > 0 ? Durations.Describe(TimeSpan.FromSeconds(row.Seconds)) : "-")
            .Words("verdict", row => Said(row.Verdict))
            .Print();
        Console.WriteLine(
            $"{about}. Balanced accuracy on training images, each by a classifier that has not seen it, ± standard error; differences on the same images, 95 % of {Metrics.ImageDraws.Resamples} bootstrap draws."
        );
        if (result.Chosen is { } chosen)
        {
            Console.WriteLine(Why(result, chosen));
        }

        if (Final(study, result) is { } final)
        {
            Console.WriteLine("trained on everything, and tested once:");
            ResultTable.Print(final, study.FinalRun);
        }
    }

    internal static JsonObject Json(Study study, ChoiceResult result, string about)
    {
        JsonObject? final = Final(study, result);
        return new JsonObject
        {
            ["study"] = study.Path,
            ["about"] = about,
            ["candidates"] = new JsonArray([.. result.Rows.Select(row => (JsonNode?)Json(row))]),
            ["chosen"] = result.Chosen?.Candidate.Name,
            ["run"] = final is null ? null : study.FinalRun,
            ["accuracy"] = final?["accuracy"]?.DeepClone(),
            ["balanced_accuracy"] = final?["balanced_accuracy"]?.DeepClone(),
            ["per_class_accuracy"] = final?["per_class_accuracy"]?.DeepClone(),
        };
    }

    private static JsonObject Json(ChoiceRow row) =>
        new()
        {
            ["name"] = row.Candidate.Name,
            ["settings"] = new JsonObject([
                .. row.Candidate.Settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value)),
            ]),
            ["verdict"] = Key(row.Verdict),
            ["folds"] = row.Folds,
            ["out_of_fold_balanced_accuracy"] = row.Score?.Accuracy,
            ["error"] = row.Score?.Error,
            ["difference"] = row.Difference?.ToJson(),
            ["seconds"] = row.Seconds,
        };

    private static string Why(ChoiceResult result, ChoiceRow chosen)
    {
        string[] alike = [.. result.Rows.Where(row => row.Verdict == Verdict.Alike).Select(row => row.Candidate.Name)];
        string[] untried =
        [
            .. result.Rows.Where(row => row.Verdict == Verdict.Untried).Select(row => row.Candidate.Name),
        ];
        return $"chosen: {chosen.Candidate.Name}"
            + (
                alike.Length == 0
                    ? "; all others are told apart from it"
                    : $"; not told apart from {string.Join(", ", alike)}: the cheapest kind is chosen (features, then fine-tuning, then from scratch), and the best of it"
            )
            + (untried.Length == 0 ? "" : $"; no time was left to try {string.Join(", ", untried)}");
    }

    private static JsonObject? Final(Study study, ChoiceResult result) =>
        result.FinalState == TrialTrainingState.Done ? TuningFiles.ResultOf(study.FinalRun) : null;

    private static string Key(Verdict verdict) =>
        verdict switch
        {
            Verdict.InRace => "in_race",
            Verdict.Alike => "not_told_apart",
            _ => $"{verdict}".ToLowerInvariant(),
        };

    private static string Said(Verdict verdict) => Key(verdict).Replace('_', ' ');
}
