using System.Text;
using Counterpoise.Recipes;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Figures;
using Counterpoise.Report.Svg;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

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
        RunHistory first = report.Runs[0].History;
        int[] counts = [.. first.ClassCounts.Where(count => count > 0)];
        (string Name, string Value)[] facts =
        [
            ("runs", $"{report.Runs.Count}"),
            ("network", string.Join(", ", report.Runs.Select(run => run.History.Recipe.Model).Distinct())),
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
            HtmlTable.Write(page, methods);
        }

        HtmlTable.Write(page, ReportTables.Runs(report.Runs));
        page.Append("</section>\n");
    }

    private static void Figures(StringBuilder page, RunReport report)
    {
        page.Append(
            "<section id=\"figures\">\n<h2>Figures</h2>\n<p class=\"hint\">Point at a mark, or focus a figure and use the arrow keys, to read its value.</p>\n"
        );
        foreach ((string name, Figure figure) in report.Figures)
        {
            page.Append($"<figure id=\"{name}\">\n<h3>{Escape(figure.Title)}</h3>\n");
            string read = $"{figure.Title}. {figure.Caption}";
            page.Append(SvgFigure.Element(figure.Grid, read, Wide, "wide"));
            page.Append(SvgFigure.Element(figure.Grid, read, Narrow, "narrow"));
            page.Append($"<figcaption>{Escape(figure.Caption)}</figcaption>\n</figure>\n");
        }

        if (report.Missing.Count > 0)
        {
            page.Append(
                "<details class=\"missing\"><summary>Figures that are not here, and how to get them</summary><ul>\n"
            );
            foreach (IGrouping<string, string> missing in report.Missing)
            {
                page.Append($"<li><b>{Escape(string.Join(", ", missing))}</b>: {Escape(missing.Key)}</li>\n");
            }

            page.Append("</ul></details>\n");
        }

        page.Append("</section>\n");
    }

    private static void Classes(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"classes\">\n<h2>Classes</h2>\n");
        foreach (NamedRun run in report.Runs)
        {
            HtmlTable.Write(page, ReportTables.Classes(run));
        }

        page.Append("</section>\n");
    }

    private static void Mistakes(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"mistakes\">\n<h2>Mistakes</h2>\n");
        foreach (NamedRun run in report.Runs)
        {
            page.Append($"<h3>{Escape(run.Name)}</h3>\n");
            if (run.History.Statistics is null)
            {
                page.Append("<p>No mistakes were recorded; train with <code>--statistics every=1</code>.</p>\n");
            }

            HtmlMistakes.Write(page, run.History);
            if (ReportTables.Confusions(run) is { } confusions)
            {
                HtmlTable.Write(page, confusions);
            }
        }

        page.Append("</section>\n");
    }

    private static void Origins(StringBuilder page, RunReport report)
    {
        page.Append("<section id=\"origin\">\n<h2>What was run, and how to run it again</h2>\n");
        foreach (NamedRun run in report.Runs)
        {
            page.Append($"<h3>{Escape(run.Name)}</h3>\n");
            HtmlTable.Write(page, ReportTables.Origin(run));
            page.Append($"<pre tabindex=\"0\"><code>{EscapeLines(ReproduceCommands.Of(run.History))}</code></pre>\n");
            page.Append(
                $"<details><summary>Recipe</summary><pre tabindex=\"0\"><code>{EscapeLines(RecipeText.Write(run.History.Recipe))}</code></pre></details>\n"
            );
        }

        page.Append("</section>\n");
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
