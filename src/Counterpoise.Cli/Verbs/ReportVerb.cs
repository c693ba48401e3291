using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Report;
using Counterpoise.Report.Reports;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>report</c>: one run or several as a page to read, print and pass on.</summary>
internal static class ReportVerb
{
    internal static Command Create()
    {
        Argument<string[]> runs = AnalyzeVerb.RunsArgument();
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The file to write [default: report.html, or report.md with --markdown]",
            HelpName = "file",
        };
        var markdown = new Option<bool>("--markdown")
        {
            Description = "Write Markdown with a folder of figures beside it, instead of one HTML file",
        };
        var command = new Command("report", "Write one HTML file that says what was run and what came of it.")
        {
            runs,
            output,
            markdown,
        };
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(runs), parsed.GetValue(output), parsed.GetValue(markdown))
        );
        return command;
    }

    private static int Run(IReadOnlyList<string> folders, string? output, bool markdown)
    {
        string path = output ?? (markdown ? "report.md" : "report.html");
        if (Directory.Exists(path))
        {
            throw new UsageException($"--output is {path}, which is a folder; name a file.");
        }

        var report = new RunReport(RunSet.Read(folders));
        if (markdown)
        {
            report.SaveMarkdown(path);
        }
        else
        {
            report.SaveHtml(path);
        }

        Console.WriteLine(report.Result);
        Console.WriteLine($"report   {path}");
        return 0;
    }
}
