using System.CommandLine;
using System.CommandLine.Help;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Verbs;
using Counterpoise.Runtime.Mpi;
using Spectre.Console;

if (RankLaunch.Count > 1)
{
    // mpirun gives ranks a terminal of its own making, and its output ends in files and pipes.
    Environment.SetEnvironmentVariable("TERM", "dumb");
}

// Not a RootCommand: that one calls itself after the assembly.
var root = new Command(
    "counterpoise",
    "Trains image classifiers on class-imbalanced data. Start with 'counterpoise demo', or with "
        + "'counterpoise train --data FOLDER', where FOLDER has a folder of images per class. "
        + "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C with everything saved."
)
{
    new HelpOption { Recursive = true },
    new VersionOption(),
    DemoVerb.Create(),
    TrainVerb.Create(),
    CompareVerb.Create(),
    TuneVerb.Create(),
    ReproduceVerb.Create(),
    ResumeVerb.Create(),
    EvaluateVerb.Create(),
    AnalyzeVerb.Create(),
    ExportVerb.Create(),
    PredictVerb.Create(),
    ServeVerb.Create(),
    ReportVerb.Create(),
    RunsVerb.Create(),
    WatchVerb.Create(),
    InitVerb.Create(),
    DataVerb.Create(),
    CatalogueVerbs.CreateMethods(),
    CatalogueVerbs.CreateModels(),
};

if (Console.IsOutputRedirected || RankLaunch.Count > 1)
{
    AnsiConsole.Profile.Width = 1000; // A table in a file or a pipe is not wrapped.
}

int exitCode = Failures.Report(() =>
{
    ParseResult parsed = root.Parse(args);
    Failures.ThrowIfMistyped(parsed);
    Failures.ThrowIfAlone(parsed);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
});
return RankLaunch.Leave(exitCode, agreed: exitCode == Failures.Interrupted);
