using System.CommandLine;
using Counterpoise.Report;
using Counterpoise.Report.Html;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>report</c>: one HTML file about one run or several.</summary>
internal static class ReportVerb
{
    internal static Command Create()
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "The run folders, of the same classes",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write",
            HelpName = "file",
            DefaultValueFactory = _ => "report.html",
        };
        var command = new Command("report", "Write one HTML file that says what was run and what came of it.")
        {
            runs,
            output,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(runs), parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Run(string[] paths, string output)
    {
        IReadOnlyList<ReportedRun> runs = ReportedRun.Read(paths);
        NamedRun.RequireSameClasses([.. runs.Select(run => run.History)]);
        HtmlReport.Save(output, runs);
        Console.WriteLine(output);
        return 0;
    }
}
