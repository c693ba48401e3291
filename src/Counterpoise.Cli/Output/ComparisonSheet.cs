using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Counterpoise.Metrics;
using Counterpoise.Results;

namespace Counterpoise.Cli.Output;

/// <summary>A comparison for people, the best mean of each column in bold, and for other programs.</summary>
internal static class ComparisonSheet
{
    internal static Sheet<ComparisonRow> Of(IReadOnlyList<ComparisonRow> rows)
    {
        IReadOnlyList<double?> best = Comparison.Best(rows);
        Sheet<ComparisonRow> sheet = new Sheet<ComparisonRow>(rows)
            .Words("method", row => row.Methods)
            .Numbers("seeds", row => $"{row.Seeds.Count}", spare: 1);
        if (rows.Any(row => row.Folds > 0))
        {
            sheet.Numbers("folds", row => $"{row.Folds}");
        }

        foreach (
            (int i, ComparedColumn column) in Comparison.Columns.Index().Where(column => best[column.Index] is not null)
        )
        {
            sheet.Numbers(
                column.Title,
                row => row.Accuracies[i]?.Show("F2") ?? "-",
                row => row.Accuracies[i] is { } accuracy && accuracy.Mean == best[i],
                column.Spare
            );
        }

        if (rows.Any(row => row.Difference is not null))
        {
            sheet.Words(
                "against best balanced",
                row =>
                    row.Difference is not { } found ? ""
                    : found.IsToldApart ? $"{found.Mean:+0.0;-0.0}"
                    : "not told apart"
            );
        }

        return sheet
            .Numbers("epochs", row => $"{row.Epochs}", spare: 9)
            .Numbers("time", row => Durations.Describe(TimeSpan.FromSeconds(row.Seconds.Mean)));
    }

    /// <summary>What the numbers are, in one sentence.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="about">The data and the network.</param>
    internal static string Note(IReadOnlyList<ComparisonRow> rows, string about) =>
        $"{about}. Test accuracy in percent after the last epoch"
        + (
            rows.Any(row => row.Folds > 0)
                ? ", each image tested once: mean ± standard deviation (n - 1) over the folds"
                    + (rows.Any(row => row.Seeds.Count > 1) ? " of the mean over the seeds" : ", one seed each")
            : rows.Any(row => row.Seeds.Count > 1) ? ", mean ± standard deviation (n - 1) over the seeds"
            : ", one seed each"
        )
        + "; time of the training passes of a run, epochs of all phases.";

    /// <summary>A header and a line a method, numbers in full; what there is not is empty.</summary>
    internal static string Csv(IReadOnlyList<ComparisonRow> rows)
    {
        IEnumerable<string> header = Comparison.Columns.SelectMany(column => new[] { column.Key, $"{column.Key}_std" });
        var text = new StringBuilder();
        text.Append("method,seeds,").AppendJoin(',', header).Append(",epochs,seconds,seconds_std,folds\n");
        foreach (ComparisonRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Methods},{row.Seeds.Count},")
                .AppendJoin(',', row.Accuracies.SelectMany(Both))
                .Append(CultureInfo.InvariantCulture, $",{row.Epochs},")
                .AppendJoin(',', Both(row.Seconds))
                .Append(CultureInfo.InvariantCulture, $",{row.Folds}\n");
        }

        return text.ToString();
    }

    internal static JsonObject Json(IReadOnlyList<ComparisonRow> rows, string note) =>
        new() { ["note"] = note, ["rows"] = new JsonArray([.. rows.Select(row => (JsonNode?)Json(row))]) };

    private static JsonObject Json(ComparisonRow row)
    {
        var json = new JsonObject
        {
            ["method"] = row.Methods,
            ["seeds"] = new JsonArray([.. row.Seeds.Select(seed => (JsonNode?)seed)]),
            ["folds"] = row.Folds,
            ["epochs"] = row.Epochs,
        };
        foreach ((ComparedColumn column, SampleStatistic? accuracy) in Comparison.Columns.Zip(row.Accuracies))
        {
            json[column.Key] = Json(accuracy);
        }

        json["difference"] = row.Difference?.ToJson();
        json["seconds"] = Json(row.Seconds);
        return json;
    }

    private static JsonObject? Json(SampleStatistic? statistic) =>
        statistic is null
            ? null
            : new JsonObject
            {
                ["mean"] = statistic.Mean,
                ["std"] = statistic.Deviation,
                ["values"] = new JsonArray([.. statistic.Values.Select(value => (JsonNode?)value)]),
            };

    private static string[] Both(SampleStatistic? statistic) => [Number(statistic?.Mean), Number(statistic?.Deviation)];

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
