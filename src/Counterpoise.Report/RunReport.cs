using Counterpoise.Report.Figures;
using Counterpoise.Report.Html;
using Counterpoise.Report.Reports;
using Counterpoise.Runs;

namespace Counterpoise.Report;

/// <summary>A report of one run or several: the result, what was run, figures, classes, mistakes, and how to reproduce it.</summary>
public sealed class RunReport
{
    /// <summary>Gathers a report.</summary>
    /// <param name="runs">One run or more.</param>
    public RunReport(IReadOnlyList<RunHistory> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count, nameof(runs));
        Runs = runs;
        Names = RunLabels.Of(runs);
        List<(FigureKind Kind, Figure Figure)> figures = [];
        List<(FigureKind Kind, string Needs)> missing = [];
        foreach (FigureKind kind in FigureCatalogue.All)
        {
            if (kind.Draw(runs, out string? needs) is { } figure)
            {
                figures.Add((kind, figure));
            }
            else
            {
                missing.Add((kind, needs!));
            }
        }

        Figures = figures;
        Missing = missing;
    }

    internal IReadOnlyList<RunHistory> Runs { get; }

    internal IReadOnlyList<string> Names { get; }

    internal IReadOnlyList<(FigureKind Kind, Figure Figure)> Figures { get; }

    /// <summary>Figures that could not be drawn, and what they need; sweeps are not missed where one run is reported.</summary>
    internal IReadOnlyList<(FigureKind Kind, string Needs)> Missing { get; }

    internal string Title
    {
        get
        {
            string methods = string.Join(" and ", Runs.Select(run => run.Method).Distinct());
            string data = string.Join(" and ", Runs.Select(run => run.Origin.Data ?? "unnamed data").Distinct());
            return $"{methods} on {data}";
        }
    }

    /// <summary>The result in one sentence.</summary>
    public string Result => ResultSentence.Of(Runs);

    /// <summary>Writes the report as one HTML file that needs nothing else, whole or not at all.</summary>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void SaveHtml(string path) => AtomicFile.WriteText(path, HtmlReport.Write(this));

    /// <summary>Writes the report as Markdown, with its figures in a folder beside it; the Markdown file comes last.</summary>
    /// <exception cref="CounterpoiseException">A file cannot be written.</exception>
    public void SaveMarkdown(string path) => MarkdownReport.Save(this, path);
}
