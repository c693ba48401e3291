using System.Text.Json.Nodes;
using Counterpoise.Metrics;
using Counterpoise.Report;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Output;

/// <summary>The events <c>analyzed</c>: a line a run with its newest statistics and the figures.</summary>
internal static class AnalysisJson
{
    internal static void Write(RunSet set, IReadOnlyList<FigureFile> figures)
    {
        foreach (NamedRun run in set.Runs)
        {
            JsonObject content = Of(run.History);
            content["figures"] = List(figures.Where(figure => figure.Path is not null), figure => figure.Path);
            content["missing"] = List(
                figures.Where(figure => figure.Path is null),
                figure => new JsonObject { ["figure"] = figure.Name, ["needs"] = figure.Missing }
            );
            JsonObserver.WriteEvent("analyzed", content);
        }
    }

    private static JsonObject Of(RunHistory run)
    {
        TrainingStatistics? statistics = run.Statistics;
        var json = new JsonObject
        {
            ["run"] = run.Path,
            ["epoch"] = run.Studied?.Epoch,
            ["classes"] = List(run.Classes, name => name),
            ["class_counts"] = List(run.ClassCounts, count => count),
            ["train_per_class_accuracy"] = Numbers(run.TrainPerClassAccuracy),
            ["per_class_accuracy"] = Numbers(run.Test?.PerClassAccuracy),
        };
        foreach ((ClassStatistic statistic, _) in ClassStatistics.Shown)
        {
            json[statistic.Key] = Numbers(statistics?[statistic]);
        }

        json["expected_calibration_error"] = statistics?.Calibration.ExpectedError;
        return json;
    }

    /// <summary>Numbers, with null for one that JSON cannot hold.</summary>
    private static JsonArray Numbers(IReadOnlyList<double?>? values) =>
        List(values ?? [], value => value is { } number && double.IsFinite(number) ? number : null);

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> json) => [.. items.Select(json)];
}
