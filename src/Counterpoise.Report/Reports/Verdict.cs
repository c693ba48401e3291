using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>The result of runs in a sentence or two that claims no more than the numbers say.</summary>
internal static class Verdict
{
    internal static string Of(IReadOnlyList<NamedRun> runs)
    {
        RunHistory[] tested = [.. runs.Select(run => run.History).Where(run => run.Test is not null)];
        if (tested.Length == 0)
        {
            return "No epoch has been tested yet.";
        }

        string result =
            tested.Select(run => run.Description.Fingerprint).Distinct(StringComparer.Ordinal).Count() > 1
                ? "The runs were trained on different data, so their results are not compared."
                : Compare(tested) + Differences(tested);
        string unfinished = string.Join(
            "; ",
            runs.Where(run => run.History.Result is null)
                .Select(run => $"{run.Name} has {run.History.Epochs.Count} of {run.History.PlannedEpochs} epochs")
        );
        return unfinished.Length == 0
            ? result
            : $"{result} Not all runs are finished, so this is not a result yet: {unfinished}.";
    }

    private static string Compare(IReadOnlyList<RunHistory> runs)
    {
        (string Method, SampleStatistic Accuracy)[] methods =
        [
            .. runs.GroupBy(run => run.Recipe.MethodNames)
                .Select(group => (group.Key, new SampleStatistic([.. group.Select(run => run.Test!.BalancedAccuracy)])))
                .OrderByDescending(group => group.Item2.Mean),
        ];
        (string best, SampleStatistic first) = methods[0];
        if (methods.Length == 1)
        {
            return $"{best} reached {Percent(first)} balanced test accuracy ({Seeds(first)}).";
        }

        (string next, SampleStatistic second) = methods[1];
        double difference = first.Mean - second.Mean;
        string comparison =
            $"{best} reached {Percent(first)} balanced test accuracy, {difference:F1} points more than {next} with {Percent(second)}";
        if (first.Deviation is not { } spread || second.Deviation is not { } other)
        {
            return $"{comparison} (too few seeds to tell such a difference from chance).";
        }

        double error = Math.Sqrt((spread * spread / first.Values.Count) + (other * other / second.Values.Count));
        return difference > 2 * error
            ? $"{comparison} ({Seeds(first)} and {Seeds(second)})."
            : $"{comparison} ({Seeds(first)} and {Seeds(second)}): no more than chance may do.";
    }

    /// <summary>Settings in which runs differ although they are neither the seed nor the method's own.</summary>
    private static string Differences(IReadOnlyList<RunHistory> runs)
    {
        string[] methods = [.. runs.SelectMany(run => run.Recipe.Methods.Select(method => method.Name)).Distinct()];
        string[] keys =
        [
            .. runs.SelectMany(run => RecipeText.Describe(run.Recipe).Select(s => (s.Key, s.Value)))
                .Where(s => s.Key is not ("seed" or "method") && !methods.Contains(s.Key.Split('.')[0]))
                .Distinct()
                .GroupBy(s => s.Key)
                .Where(key => key.Count() > 1)
                .Select(key => key.Key),
        ];
        return keys.Length == 0 ? "" : $" The runs also differ in {string.Join(", ", keys)}.";
    }

    private static string Percent(SampleStatistic accuracy) => $"{accuracy.Show("F1")} %";

    private static string Seeds(SampleStatistic accuracy) =>
        accuracy.Values.Count == 1 ? "one seed" : $"{accuracy.Values.Count} seeds";
}
