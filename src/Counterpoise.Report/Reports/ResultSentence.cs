using Counterpoise.Evaluation;
using Counterpoise.Report.Figures;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Report.Reports;

/// <summary>The result of runs in one sentence, which never claims more than the numbers say.</summary>
internal static class ResultSentence
{
    internal static string Of(IReadOnlyList<RunHistory> runs)
    {
        IReadOnlyList<string> names = RunLabels.Of(runs);
        string[] unfinished =
        [
            .. runs.Select((run, i) => (run, name: names[i]))
                .Where(pair => !pair.run.IsFinished)
                .Select(pair =>
                    $"{pair.name} is not finished ({pair.run.Epochs.Count} of {pair.run.PlannedEpochs} epochs)"
                ),
        ];
        if (unfinished.Length > 0)
        {
            return $"{string.Join("; ", unfinished)}: the numbers below are those so far, not results.";
        }

        if (runs is [var only])
        {
            return Of(only);
        }

        if (runs.Any(run => run.Origin.Fingerprint is null || run.Origin.Fingerprint != runs[0].Origin.Fingerprint))
        {
            return "The runs are of different data, so their accuracies cannot be compared.";
        }

        Method[] methods = [.. runs.GroupBy(run => run.Method).Select(group => new Method(group.Key, [.. group]))];
        string differences = Differences(runs);
        return methods.Length switch
        {
            1 =>
                $"{methods[0].Name} reaches {methods[0].Show} % test accuracy on {runs[0].Origin.Data}, over {Seeds(methods[0])}{differences}.",
            2 => Compare(methods, runs[0].Origin.Data) + differences + ".",
            _ => $"On {runs[0].Origin.Data}, test accuracy is "
                + $"{string.Join(", ", methods.OrderByDescending(m => m.Accuracy.Mean).Select(m => $"{m.Show} % with {m.Name} ({Seeds(m)})"))}{differences}.",
        };
    }

    private static string Of(RunHistory run)
    {
        RunAccuracies? test = run.Test;
        if (test is null)
        {
            return $"{run.Method} is finished, but was not tested.";
        }

        int worst = run.BySize.Where(c => test.PerClass[c] is not null).MinBy(c => test.PerClass[c]);
        return $"{run.Method} reaches {test.Accuracy:F1} % test accuracy on {run.Origin.Data} (balanced {test.Balanced:F1} %, "
            + $"worst class {run.Classes[worst]} {test.PerClass[worst]:F1} %), with one seed.";
    }

    private static string Compare(Method[] methods, string? data)
    {
        Method better = methods.MaxBy(method => method.Accuracy.Mean)!;
        Method other = methods.First(method => method != better);
        double gain = better.Accuracy.Mean - other.Accuracy.Mean;
        string numbers = $"{better.Show} against {other.Show} % test accuracy on {data}";
        string difference = $"{better.Name} is {gain:F1} points above {other.Name}: {numbers}";
        if (better.Accuracy.Deviation is not { } first || other.Accuracy.Deviation is not { } second)
        {
            return $"{difference}, with {Both(better, other)}, so that chance cannot be told from the method";
        }

        double error = Math.Sqrt(
            (first * first / better.Accuracy.Values.Count) + (second * second / other.Accuracy.Values.Count)
        );
        string seeds = $"mean ± standard deviation over {Both(better, other)}";
        return gain > 2 * error
            ? $"{difference} ({seeds})"
            : $"{better.Name} and {other.Name} cannot be told apart: {numbers} ({seeds})";
    }

    private static string Seeds(Method method) =>
        method.Accuracy.Values.Count == 1 ? "one seed" : $"{method.Accuracy.Values.Count} seeds";

    private static string Both(Method first, Method second) =>
        first.Runs.Count == second.Runs.Count ? $"{Seeds(first)} each" : $"{Seeds(first)} and {Seeds(second)}";

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
        return keys.Length == 0 ? "" : $"; the runs also differ in {string.Join(", ", keys)}";
    }

    /// <summary>The runs of one method.</summary>
    private sealed record Method(string Name, IReadOnlyList<RunHistory> Runs)
    {
        internal SampleStatistic Accuracy { get; } = new([.. Runs.Select(run => run.Test?.Accuracy ?? double.NaN)]);

        internal string Show => Accuracy.Show("F1");
    }
}
