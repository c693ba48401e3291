using System.Text.Json.Nodes;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Output;

/// <summary>The paper's numbers beside ours, for people and for other programs.</summary>
internal static class ReproductionSheet
{
    private const string None = "-";

    internal static Sheet<ReproducedCell> Of(IReadOnlyList<ReproducedCell> cells)
    {
        Sheet<ReproducedCell> sheet = new Sheet<ReproducedCell>(cells)
            .Words("data", cell => cell.Cell.Set)
            .Words("method", cell => cell.Cell.Row)
            .Numbers("paper", cell => cell.Cell.Accuracy?.ToString("F1") ?? None)
            .Numbers("ours", cell => cell.Accuracy?.Show("F1") ?? cell.Missing ?? None)
            .Numbers("difference", cell => cell.Difference?.ToString("+0.0;-0.0;0.0") ?? None)
            .Numbers("seeds", cell => cell.Accuracy is { } accuracy ? $"{accuracy.Values.Count}" : None)
            .Numbers("epochs", cell => cell.Epochs is { } epochs ? $"{epochs}" : None);
        return cells.All(cell => cell.Tuned is null) ? sheet : sheet.Numbers("chosen on held-out images", Chosen);
    }

    internal static string Note(PaperTable table, IReadOnlyList<ReproducedCell> cells)
    {
        string fewer = cells.Any(cell => cell.Epochs < Full(cell))
            ? $" The paper trains {string.Join(" or ", cells.Select(Full).Distinct().Order())} epochs: what fewer come to is no reproduction."
            : "";
        return $"{table.Name}: {table.Title}; test accuracy in percent after the last epoch, mean and standard deviation (n - 1) over seeds.{fewer}";
    }

    internal static JsonObject Json(PaperTable table, IReadOnlyList<ReproducedCell> cells, string note) =>
        new()
        {
            ["table"] = table.Name,
            ["title"] = table.Title,
            ["cells"] = new JsonArray([.. cells.Select(cell => (JsonNode)Json(cell))]),
            ["note"] = note,
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

    private static string Chosen(ReproducedCell cell) =>
        cell.Tuned is { } tuned ? $"{tuned.Accuracy:F1} ({tuned.Chosen}, {tuned.Recipe.Training.Epochs} epochs)" : None;

    /// <summary>The epochs of the first phase in the paper's protocol.</summary>
    private static int Full(ReproducedCell cell) => ReadyRecipes.Find(cell.Cell.Recipe).Training.Epochs;
}
