using System.CommandLine;
using System.CommandLine.Help;
using Counterpoise.Benchmarks;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Spectre.Console;

if (args is ["worker", var job, var settings])
{
    return Failures.Report(() => Worker.Serve(WorkerSettings.Parse(settings), s => Jobs.Create(job, s)));
}

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 1000; // A table in a file or a pipe is not wrapped.
}

var options = new CommandLineOptions();
var list = new Option<bool>("--list") { Description = "List the benchmarks [default without a name]" };
var root = new Command(
    "benchmarks",
    "Compares Counterpoise with peers and with the machine's limit, side by side in one run. "
        + "docs/performance.md explains every figure."
)
{
    new HelpOption { Recursive = true },
    list,
};
root.SetAction(_ => BenchmarkOutput.PrintList(BenchmarkCatalogue.All));
foreach (IBenchmark benchmark in BenchmarkCatalogue.All)
{
    var verb = new Command(benchmark.Name, benchmark.Summary);
    options.AddTo(verb);
    verb.SetAction(parsed => BenchmarkOutput.Print(benchmark, options.Read(parsed), parsed.GetValue(options.Json)));
    root.Add(verb);
}

return Failures.Report(() =>
{
    ParseResult parsed = root.Parse(args);
    Mistyped.Refuse(parsed);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
});
