using System.Text;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Reports;
using Counterpoise.Runs;

namespace Counterpoise.Report.Html;

/// <summary>A report as one HTML page that needs nothing but itself.</summary>
internal static class HtmlReport
{
    // The page holds a drawing for a wide and one for a narrow window, so that text is never scaled down.
    private const int Wide = 800;
    private const int Narrow = 340;

    internal static string Write(RunReport report)
    {
        string script = Resource("report.js");
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");

        // Nothing is loaded, and of scripts only the one below runs, whatever a name in the data may hold.
        page.Append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        );
        page.Append($"script-src 'sha256-{Digest(script)}'\">\n");
        page.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.Append(
            $"<title>{Escape(report.Title)}</title>\n<style>\n{Colours()}{Resource("report.css")}</style>\n</head>\n<body>\n"
        );
        page.Append(
            "<a class=\"skip\" href=\"#result\">Skip to the result</a>\n<header>\n<p class=\"kind\">Counterpoise report</p>\n"
        );
        page.Append($"<h1>{Escape(report.Title)}</h1>\n<p class=\"lede\">{Escape(report.Result)}</p>\n");
        Facts(page, report);
        page.Append("</header>\n<main>\n");
        Results(page, report);
        Figures(page, report);
        Classes(page, report);
        Mistakes(page, report);
        Origins(page, report);
        page.Append("</main>\n<div id=\"tip\" role=\"status\" aria-live=\"polite\" hidden></div>\n");
        page.Append($"<script>{script}</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Facts(StringBuilder page, RunReport report)
    {
        RunHistory first = report.Runs[0];
        int[] counts = [.. first.ClassCounts.Where(count => count > 0)];
        (string Name, string Value)[] facts =
        [
            ("runs", $"{report.Runs.Count}"),
            ("network", string.Join(", ", report.Runs.Select(run => run.Recipe.Model).Distinct())),
            ("classes", $"{first.Classes.Count}"),
            ("training images", $"{first.ClassCounts.Sum():N0}"),
            ("largest : smallest", counts.Length == 0 ? "–" : $"{(double)counts.Max() / counts.Min():0.#}"),
        ];
        page.Append("<dl class=\"facts\">");
        foreach ((string name, string value) in facts)
        {
            page.Append($"<div><dt>{Escape(name)}</dt><dd>{Escape(value)}</dd></div>");
        }

        page.Append("</dl>\n");
    }

    private static void Results(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"result\">\n<h2>Result</h2>\n");
        if (ReportTables.Methods(report.Runs) is { } methods)
        {
            Table(page, methods);
        }

        Table(page, ReportTables.Runs(report.Runs));
        page.Append("</section>\n");
    }

    private static void Figures(StringBuilder page, RunReport report)
    {
        page.Append(
            "<section id=\"figures\">\n<h2>Figures</h2>\n<p class=\"hint\">Point at a mark, or focus a figure and use the arrow keys, to read its value.</p>\n"
        );
        foreach ((FigureKind kind, Figure figure) in report.Figures)
        {
            page.Append($"<figure id=\"{kind.Name}\">\n<h3>{Escape(figure.Title)}</h3>\n");
            page.Append(SvgFigure.Element(figure, Wide, "wide")).Append(SvgFigure.Element(figure, Narrow, "narrow"));
            page.Append($"<figcaption>{Escape(figure.Caption)}</figcaption>\n</figure>\n");
        }

        if (report.Missing.Count > 0)
        {
            page.Append(
                "<details class=\"missing\"><summary>Figures that are not here, and how to get them</summary><ul>\n"
            );
            foreach (IGrouping<string, FigureKind> missing in report.Missing.GroupBy(m => m.Needs, m => m.Kind))
            {
                page.Append(
                    $"<li><b>{Escape(string.Join(", ", missing.Select(kind => kind.Name)))}</b>: {Escape(missing.Key)}</li>\n"
                );
            }

            page.Append("</ul></details>\n");
        }

        page.Append("</section>\n");
    }

    private static void Classes(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"classes\">\n<h2>Classes</h2>\n");
        for (int i = 0; i < report.Runs.Count; i++)
        {
            Table(page, ReportTables.Classes(report.Runs[i], report.Names[i]));
        }

        page.Append("</section>\n");
    }

    private static void Mistakes(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"mistakes\">\n<h2>Mistakes</h2>\n");
        for (int i = 0; i < report.Runs.Count; i++)
        {
            RunHistory run = report.Runs[i];
            page.Append($"<h3>{Escape(report.Names[i])}</h3>\n");
            if (run.Statistics?.Errors is null)
            {
                page.Append("<p>No mistakes were recorded; train with <code>--statistics every=1</code>.</p>\n");
            }

            foreach (MistakenClass mistaken in MistakenClass.Of(run))
            {
                HtmlMistakes.Write(page, mistaken);
            }

            if (ReportTables.Confusions(run, report.Names[i]) is { } confusions)
            {
                Table(page, confusions);
            }
        }

        page.Append("</section>\n");
    }

    private static void Origins(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"origin\">\n<h2>What was run, and how to run it again</h2>\n");
        for (int i = 0; i < report.Runs.Count; i++)
        {
            RunHistory run = report.Runs[i];
            page.Append($"<h3>{Escape(report.Names[i])}</h3>\n");
            Table(page, ReportTables.Origin(run, report.Names[i]));
            page.Append($"<pre tabindex=\"0\"><code>{EscapeLines(Reproduction.Of(run))}</code></pre>\n");
            page.Append(
                $"<details><summary>Recipe</summary><pre tabindex=\"0\"><code>{EscapeLines(run.RecipeToml)}</code></pre></details>\n"
            );
        }

        page.Append("</section>\n");
    }

    private static void Table(StringBuilder page, ReportTable table)
    {
        bool headed = table.Columns.Any(column => column.Length > 0);
        string Css(int column) => column < table.WordColumns ? "" : " class=\"n\"";
        page.Append(
            $"<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(table.Caption)}\"><table{(headed ? "" : " class=\"facts-table\"")}>"
        );
        page.Append($"<caption><span>{Escape(table.Caption)}</span></caption>\n");
        if (headed)
        {
            page.Append("<thead><tr>");
            page.AppendJoin(
                "",
                table.Columns.Select((column, i) => $"<th scope=\"col\"{Css(i)}>{Escape(column)}</th>")
            );
            page.Append("</tr></thead>\n");
        }

        page.Append("<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            page.Append($"<tr><th scope=\"row\"><bdi>{Escape(row[0])}</bdi></th>");
            page.AppendJoin("", row.Skip(1).Select((cell, i) => $"<td{Css(i + 1)}>{Escape(cell)}</td>"))
                .Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static string Escape(string text) => SvgDrawing.Escape(text);

    private static string EscapeLines(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(SvgDrawing.Escape));

    /// <summary>The palette as variables, and as classes of marks.</summary>
    private static string Colours()
    {
        static string Variables(IReadOnlyList<string> colours) =>
            string.Concat(colours.Select((colour, i) => $"--c{i}:{colour};"));
        return $":root{{{Variables(Palette.Colours)}}}\n@media (prefers-color-scheme:dark){{@media screen{{:root{{{Variables(Palette.DarkColours)}}}}}}}\n"
            + string.Concat(Palette.Colours.Select((_, i) => $".f{i}{{fill:var(--c{i})}}.l{i}{{stroke:var(--c{i})}}"))
            + "\n";
    }

    private static string Digest(string script) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
