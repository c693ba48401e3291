using System.CommandLine;
using Counterpoise.Cli;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
using Spectre.Console;

ClosedOutput.Watch();
if (RankLaunch.Count > 1)
{
    // mpirun gives ranks a terminal of its own making, and its output ends in files and pipes.
    Environment.SetEnvironmentVariable("TERM", "dumb");
}

if (Console.IsOutputRedirected || RankLaunch.Count > 1)
{
    AnsiConsole.Profile.Width = 1000; // A table in a file or a pipe is not wrapped.
}
else
{
    _ = AnsiConsole.Profile.Width; // It writes tables to the terminal itself.
    Console.SetOut(new WrappedLines(Console.Out));
}

if (!Console.IsErrorRedirected)
{
    Console.SetError(new WrappedLines(Console.Error));
}

int exitCode = Failures.Report(() =>
{
    ParseResult parsed = ToolCommand.Parse(args);
    Mistyped.Refuse(parsed);
    Mistyped.RequireOneProcess(parsed);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
});
return MpiLaunch.Leave(exitCode, agreed: Failures.IsStop(exitCode));
