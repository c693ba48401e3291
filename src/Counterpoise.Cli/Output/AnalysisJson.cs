using System.Text.Json.Nodes;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Output;

/// <summary>What runs have recorded as JSON.</summary>
internal static class AnalysisJson
{
    private const int Confusions = 20;

    internal static JsonObject Of(IReadOnlyList<RunHistory> runs, IReadOnlyList<FigureFile> figures) =>
        new()
        {
            ["runs"] = List(runs, Of),
            ["figures"] = List(
                figures.Where(figure => figure.File is not null),
                figure => new JsonObject { ["figure"] = figure.Kind.Name, ["file"] = figure.File }
            ),
            ["missing"] = List(
                figures.Where(figure => figure.Missing is not null),
                figure => new JsonObject { ["figure"] = figure.Kind.Name, ["needs"] = figure.Missing }
            ),
        };

    private static JsonObject Of(RunHistory run) =>
        new()
        {
            ["run"] = run.Folder,
            ["method"] = run.Method,
            ["model"] = run.Recipe.Model,
            ["data"] = run.Origin.Data,
            ["fingerprint"] = run.Origin.Fingerprint,
            ["seed"] = run.Recipe.Seed,
            ["epochs_done"] = run.Epochs.Count,
            ["epochs"] = run.PlannedEpochs,
            ["finished"] = run.IsFinished,
            ["accuracy"] = Number(run.Test?.Accuracy),
            ["balanced_accuracy"] = Number(run.Test?.Balanced),
            ["many_accuracy"] = Number(run.Test?.Many),
            ["medium_accuracy"] = Number(run.Test?.Medium),
            ["few_accuracy"] = Number(run.Test?.Few),
            ["expected_error"] = Number(run.Statistics?.ExpectedError),
            ["classes"] = List(run.BySize, c => Class(run, c)),
            ["confusions"] = List(
                run.Statistics?.TopConfusions(Confusions) ?? [],
                confusion => new JsonObject
                {
                    ["label"] = run.Classes[confusion.Label],
                    ["predicted"] = run.Classes[confusion.Predicted],
                    ["images"] = confusion.Images,
                    ["share"] = confusion.Share,
                }
            ),
        };

    private static JsonObject Class(RunHistory run, int c) =>
        new()
        {
            ["class"] = run.Classes[c],
            ["images"] = run.ClassCounts[c],
            ["train_accuracy"] = Number(run.TrainPerClass?[c]),
            ["test_accuracy"] = Number(run.Test?.PerClass[c]),
            ["classification_ratio"] = Number(run.Statistics?.ClassificationRatio?[c]),
            ["gradient_norm"] = Number(run.Statistics?.GradientNorm?[c]),
            ["feature_deviation"] = Number(run.Statistics?.FeatureDeviation?[c]),
        };

    /// <summary>A number, or null for one that JSON cannot hold.</summary>
    private static double? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonObject> json) =>
        [.. items.Select(item => (JsonNode?)json(item))];
}
