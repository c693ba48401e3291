using System.CommandLine;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Options;

/// <summary>Where and how is computed.</summary>
internal sealed class ExecutionOptions
{
    internal Option<int?> Threads { get; } =
        new("--threads") { Description = "Threads of the computation [default: one a processor]", HelpName = "number" };

    internal Option<string> Device { get; } =
        new("--device")
        {
            Description = "auto, cpu, cuda, or cuda:N for one of several",
            HelpName = "name",
            DefaultValueFactory = _ => "auto",
        };

    internal Option<bool> Deterministic { get; } =
        new("--deterministic")
        {
            Description =
                "On a GPU the same bits each time on the same card, more slowly; on a processor they come anyway [default: off]",
        };

    internal IEnumerable<Option> All => [Threads, Device, Deterministic];

    /// <summary>Where and how a training computes.</summary>
    /// <exception cref="Basics.UsageException">There is no libtorch or no such device.</exception>
    internal Execution Resolve(ParseResult parsed, Precision precision) =>
        Execution.Resolve(parsed.GetValue(Threads), parsed.GetRequiredValue(Device), precision) with
        {
            IsDeterministic = parsed.GetValue(Deterministic),
        };

    /// <summary>The device that was asked for; null where none was.</summary>
    internal string? GivenDevice(ParseResult parsed) => parsed.IsGiven(Device) ? parsed.GetValue(Device) : null;

    /// <summary>The same options for a run that is gone on with: it computes as before.</summary>
    internal static ExecutionOptions AsBefore()
    {
        var options = new ExecutionOptions();
        options.Threads.Description =
            "Threads of the computation; another number changes the last bits [default: as before]";
        options.Device.Description =
            "auto, cpu, cuda or cuda:N; another one changes the last bits [default: as before]";
        options.Device.DefaultValueFactory = null;
        return options;
    }
}
