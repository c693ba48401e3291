using System.Text.Json.Nodes;
using Counterpoise.Runs;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>A study as JSON.</summary>
internal static class TuningFiles
{
    internal static JsonObject Json(Study study, StudyResult result, string about) =>
        new()
        {
            ["study"] = study.Path,
            ["about"] = about,
            ["trials"] = new JsonArray([.. result.Trials.Select(row => (JsonNode?)Json(row))]),
            ["chosen"] = result.Chosen?.Number,
            ["settings"] = result.Chosen is { } chosen ? Json(chosen.Settings) : null,
            ["ties"] = new JsonArray([.. result.Ties.Select(row => (JsonNode?)row.Number)]),
            ["within_one_standard_error"] = new JsonArray([.. result.Close.Select(row => (JsonNode?)row.Number)]),
            ["final"] = FinalResult(study, result),
        };

    internal static JsonObject Json(IEnumerable<Assignment> settings) =>
        new(settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value)));

    /// <summary>The result of the training on the full set, once it is finished, with its folder.</summary>
    internal static JsonObject? FinalResult(Study study, StudyResult result) =>
        result.FinalState == TrialState.Finished ? ResultOf(study.FinalRun) : null;

    /// <summary>The result of a run that is finished, with its folder.</summary>
    internal static JsonObject? ResultOf(string run)
    {
        using RunFolder folder = RunFolder.Open(run, write: false);
        JsonObject? found = folder.Result;
        if (found is not null)
        {
            found["run"] = run;
        }

        return found;
    }

    private static JsonObject Json(TrialRow row) =>
        new()
        {
            ["trial"] = row.Number,
            ["settings"] = Json(row.Settings),
            ["state"] = $"{row.State}".ToLowerInvariant(),
            ["epochs"] = row.Epochs,
            ["held_out_balanced_accuracy"] = row.Score?.Accuracy,
            ["standard_error"] = row.Score?.Error,
            ["splits"] = new JsonArray([.. row.Splits.Select(accuracy => (JsonNode?)accuracy)]),
            ["runs"] = new JsonArray([.. row.Runs.Select(name => (JsonNode?)name)]),
        };
}
