using System.Text;
using System.Text.Json.Nodes;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Output;

/// <summary>A reproduced table for other programs and for pages.</summary>
internal static class ReproductionFiles
{
    internal static string Markdown(PaperTable table, IReadOnlyList<ReproducedCell> cells)
    {
        bool isTuned = cells.Any(cell => cell.Tuned is not null);
        string[] titles = ReproductionText.Titles(isTuned);
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", titles).Append(" |\n");
        text.Append('|').AppendJoin('|', titles.Select(_ => "---")).Append("|\n");
        foreach (ReproducedCell cell in cells)
        {
            text.Append("| ").AppendJoin(" | ", ReproductionText.Cells(cell, isTuned)).Append(" |\n");
        }

        return text.Append('\n').Append(ReproductionText.Note(table, cells)).Append('\n').ToString();
    }

    internal static JsonObject Json(PaperTable table, IReadOnlyList<ReproducedCell> cells) =>
        new()
        {
            ["table"] = table.Name,
            ["title"] = table.Title,
            ["cells"] = new JsonArray([.. cells.Select(cell => (JsonNode)Json(cell))]),
            ["note"] = ReproductionText.Note(table, cells),
        };

    private static JsonObject Json(ReproducedCell cell) =>
        new()
        {
            ["set"] = cell.Cell.Set,
            ["row"] = cell.Cell.Row,
            ["recipe"] = cell.Cell.Recipe,
            ["paper"] = cell.Cell.Accuracy,
            ["accuracy"] = cell.Accuracy?.Mean,
            ["deviation"] = cell.Accuracy?.Deviation,
            ["difference"] = cell.Difference,
            ["seeds"] = cell.Accuracy?.Values.Count ?? 0,
            ["epochs"] = cell.Epochs,
            ["missing"] = cell.Missing,
            ["chosen"] = cell.Tuned?.Chosen,
            ["chosen_accuracy"] = cell.Tuned?.Accuracy,
            ["chosen_epochs"] = cell.Tuned?.Recipe.Training.Epochs,
        };
}
