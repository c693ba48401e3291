using Counterpoise.Results;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints a comparison; the best mean of each column is bold.</summary>
internal static class ComparisonTable
{
    internal static void Print(IReadOnlyList<ComparisonRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("method");
        foreach (string title in ComparisonText.Titles.Skip(1))
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        IReadOnlyList<double?> best = Comparison.Best(rows);
        foreach (ComparisonRow row in rows)
        {
            table.AddRow([.. ComparisonText.Cells(row, best, text => $"[bold]{text}[/]")]);
        }

        AnsiConsole.Write(table);
    }
}
