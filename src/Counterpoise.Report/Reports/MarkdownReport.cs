using System.Text;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Report.Figures;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Report.Reports;

/// <summary>A report as Markdown.</summary>
internal static class MarkdownReport
{
    private const string Special = "\\`*_{}[]<>()#+-!|~&";

    internal static void Save(RunReport report, string path)
    {
        string folder = $"{Path.GetFileNameWithoutExtension(path)}-figures";
        string full = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, folder);
        if (report.Figures.Count > 0)
        {
            Folders.Make(full, $"Choose another {Named("output")}.");
        }

        foreach ((string name, Figure figure) in report.Figures)
        {
            figure.Save(Path.Combine(full, $"{name}.svg"));
        }

        AtomicFile.WriteText(path, Write(report, Uri.EscapeDataString(folder)));
    }

    /// <summary>The text; figures are looked for in a folder.</summary>
    internal static string Write(RunReport report, string folder)
    {
        var text = new StringBuilder();
        text.Append($"# {Escape(report.Title)}\n\n{Escape(report.Result)}\n\n## Result\n\n");
        Table(text, ReportTables.Runs(report.Runs));
        if (ReportTables.Methods(report.Runs) is { } methods)
        {
            Table(text, methods);
        }

        text.Append("## Figures\n\n");
        foreach ((string name, Figure figure) in report.Figures)
        {
            text.Append(
                $"### {Escape(figure.Title)}\n\n![{Escape(figure.Title)}]({folder}/{name}.svg)\n\n{Escape(figure.Caption)}\n\n"
            );
        }

        foreach (IGrouping<string, string> missing in report.Missing)
        {
            text.Append($"Not drawn: {Escape(string.Join(", ", missing))}. Needed: {Escape(missing.Key)}.\n\n");
        }

        text.Append("## Classes\n\n");
        foreach (NamedRun run in report.Runs)
        {
            Table(text, ReportTables.Classes(run));
        }

        text.Append("## Mistakes\n\n");
        foreach (NamedRun run in report.Runs)
        {
            if (ReportTables.Confusions(run) is { } confusions)
            {
                Table(text, confusions);
            }
            else
            {
                text.Append($"{Escape(run.Name)}: none recorded.\n\n");
            }
        }

        text.Append("## What was run, and how to run it again\n\n");
        foreach (NamedRun run in report.Runs)
        {
            Table(text, ReportTables.Origin(run));
            Code(text, ReproduceCommands.Of(run.History));
            Code(text, RecipeText.Write(run.History.Recipe));
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, ReportTable table)
    {
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        text.Append($"{Escape(table.Caption)}\n\n");
        Line(table.Columns.Select(Escape));
        Line(table.Columns.Select((_, i) => i < table.WordColumns ? "---" : "---:"));
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            Line(row.Select(Escape));
        }

        text.Append('\n');
    }

    // An indented block: nothing in it can end it, as a fence could be ended.
    private static void Code(StringBuilder text, string code)
    {
        foreach (string line in code.TrimEnd().ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append("    ").Append(line).Append('\n');
        }

        text.Append('\n');
    }

    private static string Escape(string value)
    {
        var text = new StringBuilder();
        foreach (char c in value.ReplaceLineEndings(" "))
        {
            // Marks within words mean nothing but what they are, so that numbers and names stay readable as text.
            bool special =
                Special.Contains(c, StringComparison.Ordinal) && c is not ('-' or '(' or ')' or '+' or '#' or '!');
            text.Append(special ? $"\\{c}" : $"{(char.IsControl(c) ? '\uFFFD' : c)}");
        }

        return text.ToString();
    }
}
