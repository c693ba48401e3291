using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Counterpoise.Metrics;
using Counterpoise.Results;

namespace Counterpoise.Cli.Output;

/// <summary>A comparison as Markdown, CSV and JSON.</summary>
internal static class ComparisonFiles
{
    /// <summary>A table, the best mean of each column in bold, and a line about it.</summary>
    internal static string Markdown(IReadOnlyList<ComparisonRow> rows, string note)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Line(ComparisonText.Titles);
        Line(ComparisonText.Titles.Select((_, i) => i == 0 ? "---" : "---:"));
        IReadOnlyList<double?> best = Comparison.Best(rows);
        foreach (ComparisonRow row in rows)
        {
            Line(ComparisonText.Cells(row, best, cell => $"**{cell}**"));
        }

        return text.Append('\n').Append(note).Append('\n').ToString();
    }

    /// <summary>A header and a line a method, numbers in full; what there is not is empty.</summary>
    internal static string Csv(IReadOnlyList<ComparisonRow> rows)
    {
        IEnumerable<string> header = Comparison.Columns.SelectMany(column => new[] { column.Key, $"{column.Key}_std" });
        var text = new StringBuilder();
        text.Append("method,seeds,").AppendJoin(',', header).Append(",epochs,seconds,seconds_std\n");
        foreach (ComparisonRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Methods},{row.Seeds.Count},")
                .AppendJoin(',', row.Accuracies.SelectMany(Both))
                .Append(CultureInfo.InvariantCulture, $",{row.Epochs},")
                .AppendJoin(',', Both(row.Seconds))
                .Append('\n');
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
            ["epochs"] = row.Epochs,
        };
        foreach (((string key, _), SampleStatistic? accuracy) in Comparison.Columns.Zip(row.Accuracies))
        {
            json[key] = Json(accuracy);
        }

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
