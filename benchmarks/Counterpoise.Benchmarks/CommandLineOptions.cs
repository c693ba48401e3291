using System.CommandLine;
using Counterpoise.Basics;

namespace Counterpoise.Benchmarks;

/// <summary>The options that every benchmark takes.</summary>
internal sealed class CommandLineOptions
{
    internal Option<bool> Json { get; } =
        new("--json") { Description = "One JSON object on one line of standard output, and nothing else there" };

    private Option<bool> Quick { get; } =
        new("--quick") { Description = "Tiny sizes that take seconds: shows that it works, measures nothing" };

    private Option<int?> Threads { get; } =
        new("--threads") { Description = "Threads of the computation [default: one a processor]", HelpName = "number" };

    private Option<int?> Rounds { get; } =
        new("--rounds") { Description = "How often everything is measured in turn", HelpName = "number" };

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Json, Quick, Threads, Rounds })
        {
            command.Add(option);
        }
    }

    /// <exception cref="UsageException">A number is not positive.</exception>
    internal BenchmarkOptions Read(ParseResult parsed) =>
        new(parsed.GetValue(Quick), Positive(parsed, Threads) ?? Environment.ProcessorCount, Positive(parsed, Rounds));

    private static int? Positive(ParseResult parsed, Option<int?> option) =>
        parsed.GetValue(option) is not { } number ? null
        : number >= 1 ? number
        : throw new UsageException($"{option.Name} is {number}, expected 1 or more.");
}
