using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Output;

/// <summary>A reproduced table in words: what its cells and the line below it say.</summary>
internal static class ReproductionText
{
    private const string None = "-";

    internal static string[] Titles(bool isTuned) =>
        [
            "data",
            "method",
            "paper",
            "ours",
            "difference",
            "seeds",
            "epochs",
            .. isTuned ? (string[])["chosen on held-out images"] : [],
        ];

    internal static string[] Cells(ReproducedCell cell, bool isTuned) =>
        [
            cell.Cell.Set,
            cell.Cell.Row,
            cell.Cell.Accuracy?.ToString("F1") ?? None,
            cell.Accuracy?.Show("F1") ?? cell.Missing ?? None,
            cell.Difference?.ToString("+0.0;-0.0;0.0") ?? None,
            cell.Accuracy is { } accuracy ? $"{accuracy.Values.Count}" : None,
            cell.Epochs is { } epochs ? $"{epochs}" : None,
            .. isTuned
                ? (string[])
                    [
                        cell.Tuned is { } tuned
                            ? $"{tuned.Accuracy:F1} ({tuned.Chosen}, {tuned.Recipe.Training.Epochs} epochs)"
                            : None,
                    ]
                : [],
        ];

    internal static string Note(PaperTable table, IReadOnlyList<ReproducedCell> cells)
    {
        string fewer = cells.Any(cell => cell.Epochs < Full(cell))
            ? $" The paper trains {string.Join(" or ", cells.Select(Full).Distinct().Order())} epochs: what fewer come to is no reproduction."
            : "";
        return $"{table.Name}: {table.Title}; test accuracy in percent after the last epoch, mean and standard deviation (n - 1) over seeds.{fewer}";
    }

    /// <summary>The epochs of the first phase in the paper's protocol.</summary>
    private static int Full(ReproducedCell cell) => ReadyRecipes.Find(cell.Cell.Recipe).Training.Epochs;
}
