using System.CommandLine;
using Counterpoise.Cli.Output;
using Counterpoise.Report;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>analyze</c>: figures and a table of what runs have recorded.</summary>
internal static class AnalyzeVerb
{
    private const string Everything = "all";

    internal static Command Create()
    {
        Argument<string[]> runs = RunsArgument();
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The folder of the figures [default: 'figures' in the run folder, where there is one run]",
            HelpName = "folder",
        };
        var figures = new Option<string>("--figures")
        {
            Description =
                $"Which figures, separated by commas: {string.Join(", ", FigureCatalogue.All.Select(kind => kind.Name))}; '{Everything}' is every one that the runs allow",
            HelpName = "names",
            DefaultValueFactory = _ => Everything,
        };
        var format = new Option<string>("--format")
        {
            Description = "The files' format: png or svg",
            HelpName = "name",
            DefaultValueFactory = _ => "png",
        };
        Option<bool> json = TrainOptions.JsonOption();
        var command = new Command("analyze", "Draw figures of runs, and tabulate their classes and mistakes.")
        {
            runs,
            output,
            figures,
            format,
            json,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetRequiredValue(runs),
                parsed.GetValue(output),
                parsed.GetRequiredValue(figures),
                parsed.GetRequiredValue(format),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    internal static Argument<string[]> RunsArgument() =>
        new("runs") { Description = "Run folders, one or more", Arity = ArgumentArity.OneOrMore };

    /// <summary>Reads runs, each once.</summary>
    /// <exception cref="UsageException">A folder is named twice.</exception>
    /// <exception cref="CounterpoiseException">One is no run folder or damaged.</exception>
    internal static IReadOnlyList<RunHistory> Read(IReadOnlyList<string> folders) =>
        folders.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new UsageException($"{twice.First()} is named twice; name each run once.")
            : [.. folders.Select(RunHistory.Read)];

    private static int Run(IReadOnlyList<string> folders, string? output, string figures, string format, bool json)
    {
        if (format is not ("png" or "svg"))
        {
            throw new UsageException($"--format is '{format}', expected png or svg.");
        }

        FigureKind[] kinds =
            figures == Everything
                ? [.. FigureCatalogue.All]
                : [.. figures.Split(',', StringSplitOptions.TrimEntries).Select(FigureCatalogue.Find).Distinct()];
        IReadOnlyList<RunHistory> runs = Read(folders);
        string folder =
            output
            ?? (
                runs is [var only]
                    ? Path.Combine(only.Folder, "figures")
                    : throw new UsageException("several runs are named; say with --output where their figures go.")
            );
        var drawn = FigureFiles.Save(kinds, runs, folder, format);
        if (json)
        {
            JsonObserver.WriteEvent("analyzed", AnalysisJson.Of(runs, drawn));
        }
        else
        {
            AnalysisText.Print(runs, drawn);
        }

        return 0;
    }
}
