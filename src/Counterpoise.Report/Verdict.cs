using System.Globalization;

namespace Counterpoise.Report;

/// <summary>The result of runs in a sentence or two that claims no more than the numbers say.</summary>
internal static class Verdict
{
    internal static string Of(IReadOnlyList<ReportedRun> runs)
    {
        ReportedRun[] known = [.. runs.Where(run => run.BalancedAccuracy is not null)];
        if (known.Length == 0)
        {
            return "No epoch has been tested yet.";
        }

        string unfinished = runs.Any(run => run.Result is null) ? " Not all runs are finished." : "";
        (string Method, double[] Values)[] groups =
        [
            .. known
                .GroupBy(run => run.History.Recipe.MethodNames)
                .Select(group => (group.Key, group.Select(run => run.BalancedAccuracy!.Value).ToArray()))
                .OrderByDescending(group => group.Item2.Average()),
        ];
        if (known.Select(run => run.Fingerprint).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            return "The runs were trained on different data, so their results are not compared." + unfinished;
        }

        if (groups.Length == 1)
        {
            return $"{groups[0].Method} reached {Percent(groups[0].Values)} balanced test accuracy ({Seeds(groups[0].Values)}).{unfinished}";
        }

        (string best, double[] first) = groups[0];
        (string next, double[] second) = groups[1];
        double difference = first.Average() - second.Average();
        string how =
            first.Length > 1 && second.Length > 1
                ? $"{Seeds(first)} and {Seeds(second)}"
                : "too few seeds to tell such a difference from chance";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{best} reached {Percent(first)} balanced test accuracy, {difference:F1} points more than {next} with {Percent(second)} ({how})."
            ) + unfinished;
    }

    private static string Percent(double[] values)
    {
        double mean = values.Average();
        return values.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{mean:F1} %")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{mean:F1} ± {Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)):F1} %"
            );
    }

    private static string Seeds(double[] values) => values.Length == 1 ? "one seed" : $"{values.Length} seeds";
}
