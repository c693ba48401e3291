using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Accuracy over one setting of the recipe, such as the paper's figure 10 (beta) and tables 6 (alpha) and 7 (rho).</summary>
internal static class SweepFigure
{
    private const string Seed = "seed";

    /// <summary>A line for all finished runs that differ in the setting and the seed alone, where the setting has two values or more.</summary>
    /// <param name="set">The runs.</param>
    /// <param name="key">The recipe's key.</param>
    /// <param name="name">What the key is called.</param>
    /// <returns>The figure, or null where no two values can be compared.</returns>
    internal static Figure? Of(RunSet set, string key, string name)
    {
        List<Result>[] groups =
        [
            .. set
                .Runs.Where(run => run.History.Result is not null)
                .Select(run => Result.Of(run.History, key))
                .OfType<Result>()
                .GroupBy(result => (result.Common, result.Others))
                .Select(group => group.ToList())
                .Where(group => group.Select(result => result.Value).Distinct().Count() > 1),
        ];
        if (groups.Length == 0)
        {
            return null;
        }

        Line[] lines =
        [
            .. groups.Select((group, style) => new Line(Name(group[0], groups), [.. Points(group)], style)),
        ];
        return new Figure(
            $"Test accuracy over {name}",
            "Mean over the seeds of finished runs that differ in nothing else; bars are the standard deviation (n - 1) "
                + $"where there are several seeds. The axis of {name} is logarithmic.",
            new LinePanel(
                lines.Length == 1 ? lines[0].Name : "",
                new Axis($"{name} (log)") { Logarithmic = true },
                new Axis("test accuracy (%)"),
                lines
            )
        );
    }

    private static IEnumerable<LinePoint> Points(IEnumerable<Result> results) =>
        results
            .GroupBy(result => result.Value)
            .OrderBy(value => value.Key)
            .Select(value =>
            {
                var accuracy = new SampleStatistic([.. value.Select(result => result.Accuracy)]);
                string seeds = accuracy.Values.Count == 1 ? "one seed" : $"{accuracy.Values.Count} seeds";
                return new LinePoint(value.Key, accuracy.Mean, accuracy.Deviation ?? 0, seeds);
            });

    /// <summary>What a line is of; where others are of the same, also the settings in which they differ.</summary>
    private static string Name(Result result, IReadOnlyList<List<Result>> groups)
    {
        string[][] alike = [.. groups.Where(g => g[0].Common == result.Common).Select(g => g[0].Others.Split('\n'))];
        IEnumerable<string> own = result.Others.Split('\n').Where(setting => !alike.All(a => a.Contains(setting)));
        return string.Join(", ", own.Prepend(result.Common));
    }

    /// <summary>A run as a sweep sees it.</summary>
    private sealed record Result(string Common, string Others, double Value, double Accuracy)
    {
        internal static Result? Of(RunHistory run, string key)
        {
            var settings = RecipeText.Describe(run.Recipe).ToDictionary(s => s.Key, s => s.Value);
            string imbalance = settings["data.imbalance"].Trim('"');
            string rho = key == "data.rho" ? "" : $", rho {run.Recipe.Data.Rho:0.##}";
            IEnumerable<string> others = settings
                .Where(setting => setting.Key != key && setting.Key != Seed)
                .Select(setting => $"{setting.Key} {setting.Value}");
            return settings.TryGetValue(key, out string? text) && double.TryParse(text, out double value) && value > 0
                ? new Result(
                    $"{run.Recipe.MethodNames}, {run.Description.DataName}, {imbalance}{rho}",
                    string.Join('\n', others),
                    value,
                    run.Test!.Accuracy
                )
                : null;
        }
    }
}
