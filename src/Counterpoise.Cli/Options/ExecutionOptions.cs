using System.CommandLine;

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

    internal IEnumerable<Option> All => [Threads, Device];

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
