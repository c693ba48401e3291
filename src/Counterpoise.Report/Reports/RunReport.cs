using Counterpoise.Basics;
using Counterpoise.Report.Figures;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>A report of one run or several: the result, what was run, figures, classes, mistakes, and how to reproduce it.</summary>
public sealed class RunReport
{
    /// <summary>Gathers a report.</summary>
    /// <param name="set">The runs.</param>
    public RunReport(RunSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        Runs = set.Runs;
        List<(string Name, Figure Figure)> figures = [];
        List<(string Name, string Needs)> missing = [];
        foreach (FigureKind kind in FigureCatalogue.All)
        {
            if (kind.Draw(set, out string? needs) is { } figure)
            {
                figures.Add((kind.Name, figure));
            }
            else
            {
                missing.Add((kind.Name, needs!));
            }
        }

        Figures = figures;
        Missing = missing.ToLookup(kind => kind.Needs, kind => kind.Name);
    }

    /// <summary>The result in a sentence or two.</summary>
    public string Result => Verdict.Of(Runs);

    internal IReadOnlyList<NamedRun> Runs { get; }

    internal IReadOnlyList<(string Name, Figure Figure)> Figures { get; }

    /// <summary>The names of figures that could not be drawn, by what they need.</summary>
    internal ILookup<string, string> Missing { get; }

    internal string Title
    {
        get
        {
            string Joined(Func<RunHistory, string> what) =>
                string.Join(" and ", Runs.Select(run => what(run.History)).Distinct(StringComparer.Ordinal));
            return $"{Joined(run => run.Recipe.MethodNames)} on {Joined(run => run.Description.DataName ?? "unnamed data")}";
        }
    }

    /// <summary>Writes the report as one HTML file that needs nothing else, whole or not at all.</summary>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public void SaveHtml(string path) => AtomicFile.WriteText(path, HtmlReport.Write(this));

    /// <summary>Writes the report as Markdown, with its figures in a folder beside it; the Markdown file comes last.</summary>
    /// <exception cref="CounterpoiseException">A file cannot be written.</exception>
    public void SaveMarkdown(string path) => MarkdownReport.Save(this, path);
}
