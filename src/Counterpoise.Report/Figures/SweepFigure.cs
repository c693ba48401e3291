using Counterpoise.Evaluation;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Accuracy over one setting of the recipe, such as the paper's figure 10 (beta) and tables 6 (alpha) and 7 (rho).</summary>
internal static class SweepFigure
{
    /// <summary>A line for every method and data set that was run with two values of the setting or more.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="key">The recipe's key.</param>
    /// <param name="name">What the key is called.</param>
    /// <returns>The figure, or null where no two values can be compared.</returns>
    internal static Figure? Of(IReadOnlyList<RunHistory> runs, string key, string name)
    {
        (string Group, double Value, ulong Seed, double Accuracy)[] results =
        [
            .. runs.Where(run => run.IsFinished && run.Test is not null)
                .Select(run => (Run: run, Value: RunLabels.Setting(run, key)))
                .Where(pair => pair.Value is > 0)
                .Select(pair =>
                    (Group(pair.Run, key), pair.Value!.Value, pair.Run.Recipe.Seed, pair.Run.Test!.Accuracy)
                ),
        ];
        Line[] lines =
        [
            .. results
                .GroupBy(result => result.Group)
                .Where(group => group.Select(result => result.Value).Distinct().Count() > 1)
                .Select((group, style) => new Line(group.Key, [.. Points(group)], style)),
        ];
        return lines.Length == 0
            ? null
            : new Figure(
                $"Test accuracy over {name}",
                $"Mean over the seeds of the finished runs; bars are their standard deviation (n - 1) where there are several. {name} on a logarithmic axis.",
                new LinePanel(
                    "",
                    new Axis($"{name} (log)") { Logarithmic = true },
                    new Axis("test accuracy (%)"),
                    lines
                )
            );
    }

    private static IEnumerable<LinePoint> Points(
        IEnumerable<(string Group, double Value, ulong Seed, double Accuracy)> results
    ) =>
        results
            .GroupBy(result => result.Value)
            .OrderBy(value => value.Key)
            .Select(value =>
            {
                var accuracy = new SampleStatistic([.. value.Select(result => result.Accuracy)]);
                return new LinePoint(
                    value.Key,
                    accuracy.Mean,
                    accuracy.Deviation ?? 0,
                    accuracy.Values.Count == 1 ? "one seed" : $"{accuracy.Values.Count} seeds"
                );
            });

    /// <summary>What a line is of: method, data and kind of imbalance, and the imbalance ratio unless that is what varies.</summary>
    private static string Group(RunHistory run, string key)
    {
        string imbalance = Counterpoise
            .Training.RecipeText.Describe(run.Recipe)
            .First(s => s.Key == "data.imbalance")
            .Value.Trim('"');
        string rho = key == "data.rho" ? "" : $", rho {run.Recipe.Data.Rho:0.##}";
        return $"{run.Method}, {run.Origin.Data}, {imbalance}{rho}";
    }
}
