using System.Text;
using Counterpoise.Basics;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Rows in titled columns, printed on the console and written as Markdown from the same words.</summary>
/// <typeparam name="T">What a row is of.</typeparam>
internal sealed class Sheet<T>(IEnumerable<T> rows)
{
    private readonly List<Column> columns = [];

    /// <summary>Adds a column of words, which begin at the left.</summary>
    internal Sheet<T> Words(string title, Func<T, string> text)
    {
        columns.Add(new Column(title, text, IsNumber: false, _ => false));
        return this;
    }

    /// <summary>Adds a column of numbers, which end at the right.</summary>
    /// <param name="title">The title.</param>
    /// <param name="text">A row's number.</param>
    /// <param name="isBest">Whether it is shown in bold; null for none.</param>
    internal Sheet<T> Numbers(string title, Func<T, string> text, Func<T, bool>? isBest = null)
    {
        columns.Add(new Column(title, text, IsNumber: true, isBest ?? (_ => false)));
        return this;
    }

    internal void Print()
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (Column column in columns)
        {
            var titled = new TableColumn(column.Title);
            table.AddColumn(column.IsNumber ? titled.RightAligned() : titled);
        }

        foreach (T row in rows)
        {
            table.AddRow([.. Cells(row, Markup.Escape, text => $"[bold]{text}[/]")]);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>The table, and below it a line about it.</summary>
    /// <param name="note">That line.</param>
    /// <param name="aligned">Whether numbers are put to the right there, too.</param>
    internal string Markdown(string note, bool aligned = true)
    {
        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
        var text = new StringBuilder(Line(columns.Select(column => column.Title)));
        text.Append(
            aligned
                ? Line(columns.Select(column => column.IsNumber ? "---:" : "---"))
                : $"|{string.Join('|', columns.Select(_ => "---"))}|\n"
        );
        foreach (T row in rows)
        {
            text.Append(Line(Cells(row, text => text, text => $"**{text}**")));
        }

        return text.Append('\n').Append(note).Append('\n').ToString();
    }

    private IEnumerable<string> Cells(T row, Func<string, string> plain, Func<string, string> bold) =>
        columns.Select(column =>
        {
            string text = plain(Printable.OfLine(column.Text(row)));
            return column.IsBest(row) ? bold(text) : text;
        });

    private sealed record Column(string Title, Func<T, string> Text, bool IsNumber, Func<T, bool> IsBest);
}
