using Counterpoise.Reproduction;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints the paper's numbers beside ours.</summary>
internal static class ReproductionTable
{
    internal static void Print(PaperTable table, IReadOnlyList<ReproducedCell> cells)
    {
        bool isTuned = cells.Any(cell => cell.Tuned is not null);
        var shown = new Table().Border(TableBorder.Simple);
        foreach (string title in ReproductionText.Titles(isTuned))
        {
            var column = new TableColumn(title);
            shown.AddColumn(title is "data" or "method" ? column : column.RightAligned());
        }

        foreach (ReproducedCell cell in cells)
        {
            shown.AddRow([.. ReproductionText.Cells(cell, isTuned).Select(Markup.Escape)]);
        }

        AnsiConsole.Write(shown);
        Console.WriteLine(ReproductionText.Note(table, cells));
    }
}
