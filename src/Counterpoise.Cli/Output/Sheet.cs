using System.Text;
using Counterpoise.Basics;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Rows in titled columns, printed on the console and written as Markdown from the same words.</summary>
/// <typeparam name="T">What a row is of.</typeparam>
internal sealed class Sheet<T>(IEnumerable<T> rows)
{
    private const int Gap = 2;
    private const int LeastWords = 8;

    private readonly List<Column> columns = [];

    /// <summary>Adds a column of words, which begin at the left.</summary>
    /// <param name="title">The title.</param>
    /// <param name="text">A row's words.</param>
    /// <param name="spare">0 for a column that is always shown; of the others the largest leaves first where the terminal is narrow.</param>
    internal Sheet<T> Words(string title, Func<T, string> text, int spare = 0)
    {
        columns.Add(new Column(title, text, IsNumber: false, _ => false, spare));
        return this;
    }

    /// <summary>Adds a column of numbers, which end at the right.</summary>
    /// <param name="title">The title.</param>
    /// <param name="text">A row's number.</param>
    /// <param name="isBest">Whether it is shown in bold; null for none.</param>
    /// <param name="spare">As of <see cref="Words"/>.</param>
    internal Sheet<T> Numbers(string title, Func<T, string> text, Func<T, bool>? isBest = null, int spare = 0)
    {
        columns.Add(new Column(title, text, IsNumber: true, isBest ?? (_ => false), spare));
        return this;
    }

    /// <summary>Prints it as wide as the terminal allows: what leaves then is named below it.</summary>
    internal void Print()
    {
        Filled[] filled = [.. columns.Select(column => new Filled(column, rows))];
        Filled[] shown = Fitting(filled, AnsiConsole.Profile.Width);
        AnsiConsole.WriteLine();
        foreach (string line in Lines(shown))
        {
            AnsiConsole.MarkupLine(line);
        }

        string[] left = [.. filled.Except(shown).Select(column => column.Of.Title).Where(title => title.Length > 0)];
        if (left.Length > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]a wider terminal also shows {string.Join(", ", left)}[/]");
        }

        AnsiConsole.WriteLine();
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
            text.Append(
                Line(columns.Select(column => column.IsBest(row) ? $"**{column.Cell(row)}**" : column.Cell(row)))
            );
        }

        return text.Append('\n').Append(note).Append('\n').ToString();
    }

    /// <summary>Leaves out spare columns until the rest fits; if that is not enough, words become shorter.</summary>
    private static Filled[] Fitting(Filled[] all, int width)
    {
        List<Filled> shown = [.. all];
        while (
            Width(shown) > width
            && shown.Where(column => column.Of.Spare > 0).MaxBy(column => column.Of.Spare) is { } spare
        )
        {
            shown.Remove(spare);
        }

        while (
            Width(shown) > width
            && shown.Where(column => !column.Of.IsNumber && column.Width > LeastWords).MaxBy(column => column.Width)
                is { } widest
        )
        {
            widest.Width = Math.Max(LeastWords, widest.Width - (Width(shown) - width));
        }

        return [.. shown];

        static int Width(IReadOnlyCollection<Filled> columns) =>
            columns.Sum(column => column.Width) + (Gap * (columns.Count - 1));
    }

    private static IEnumerable<string> Lines(Filled[] shown)
    {
        int titles = shown.Max(column => column.Titles.Length);
        for (int line = 0; line < titles; line++)
        {
            // Short titles stand right above the numbers.
            yield return Line(column =>
                Padded(column, line - titles + column.Titles.Length is >= 0 and var own ? column.Titles[own] : "")
            );
        }

        yield return Line(column => new string('─', column.Width));
        for (int row = 0; row < shown[0].Cells.Length; row++)
        {
            yield return Line(column => Padded(column, column.Cells[row], column.IsBest[row]));
        }

        string Line(Func<Filled, string> of) => string.Join(new string(' ', Gap), shown.Select(of)).TrimEnd();

        string Padded(Filled column, string text, bool isBest = false)
        {
            text = Shortened(text, column.Width);
            string room = new(' ', Math.Max(0, column.Width - text.GetCellWidth()));
            string cell = isBest ? $"[bold]{Markup.Escape(text)}[/]" : Markup.Escape(text);
            return column.Of.IsNumber ? room + cell : cell + room;
        }
    }

    /// <summary>What does not fit loses its end, which is said by an ellipsis.</summary>
    private static string Shortened(string text, int width)
    {
        if (text.GetCellWidth() <= width)
        {
            return text;
        }

        while (text.GetCellWidth() > width - 1)
        {
            text = text[..^(text.Length > 1 && char.IsSurrogatePair(text[^2], text[^1]) ? 2 : 1)];
        }

        return $"{text}…";
    }

    /// <param name="Spare">0 for what is always shown.</param>
    private sealed record Column(string Title, Func<T, string> Text, bool IsNumber, Func<T, bool> IsBest, int Spare)
    {
        internal string Cell(T row) => Printable.OfLine(Text(row));
    }

    /// <summary>A column with its cells; a title of several words stands on several lines where that makes it narrower.</summary>
    private sealed class Filled
    {
        internal Filled(Column of, IEnumerable<T> rows)
        {
            Of = of;
            Cells = [.. rows.Select(of.Cell)];
            IsBest = [.. rows.Select(of.IsBest)];
            int least = Cells.Concat(of.Title.Split(' ')).Max(text => text.GetCellWidth());
            List<string> titles = [""];
            foreach (string word in of.Title.Split(' '))
            {
                string together = $"{titles[^1]} {word}".TrimStart();
                if (together.GetCellWidth() <= least)
                {
                    titles[^1] = together;
                }
                else
                {
                    titles.Add(word);
                }
            }

            Titles = [.. titles];
            Width = least;
        }

        internal Column Of { get; }

        internal string[] Cells { get; }

        internal bool[] IsBest { get; }

        internal string[] Titles { get; }

        internal int Width { get; set; }
    }
}
