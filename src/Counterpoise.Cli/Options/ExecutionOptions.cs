using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Options;

/// <summary>Where and how is computed.</summary>
internal sealed class ExecutionOptions
{
    private const int MostAtATime = 1000;

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

    /// <summary>Of verbs that train several times.</summary>
    internal Option<int?> Parallel { get; } =
        new("--parallel")
        {
            Description =
                "Trainings at a time, each a process with its share of the processors; of small networks several fill a GPU [default: 1]",
            HelpName = "number",
        };

    internal IEnumerable<Option> All => [Threads, Device, Deterministic];

    /// <summary>Where and how a training computes.</summary>
    /// <exception cref="UsageException">There is no libtorch or no such device, or fewer processors than trainings at a time.</exception>
    internal Execution Resolve(ParseResult parsed, Precision precision)
    {
        Execution execution = Execution.Resolve(ThreadsOfEach(parsed), parsed.GetRequiredValue(Device), precision) with
        {
            IsDeterministic = parsed.GetValue(Deterministic),
        };
        RequireProcessors(parsed, execution);
        return execution;
    }

    /// <summary>The threads of a training: as given, or its share of the processors where several run at a time; null for as usual.</summary>
    internal int? ThreadsOfEach(ParseResult parsed) =>
        parsed.GetValue(Threads)
        ?? (AtATime(parsed) is > 1 and var several ? Math.Max(1, RankLaunch.Processors / several) : null);

    /// <summary>Refuses more trainings at a time than there are processors for; those that a GPU computes they only feed.</summary>
    /// <exception cref="UsageException">There are fewer.</exception>
    internal void RequireProcessors(ParseResult parsed, Execution execution)
    {
        int atATime = AtATime(parsed);
        int wanted = atATime * execution.Threads;
        int processors = RankLaunch.Processors;
        if (atATime > 1 && wanted > processors && execution.GpuIndex is null)
        {
            throw new UsageException(
                $"--parallel {atATime} with {execution.ThreadCount} each needs {wanted} processors, "
                    + $"but there {(processors == 1 ? "is 1" : $"are {processors}")}; give fewer."
            );
        }
    }

    /// <summary>How many trainings run at a time.</summary>
    /// <exception cref="UsageException">The number is less than 1.</exception>
    internal int AtATime(ParseResult parsed) =>
        parsed.GetValue(Parallel) is not { } given ? 1
        : given is >= 1 and <= MostAtATime ? given
        : throw new UsageException($"--parallel is {given}, expected 1 to {MostAtATime}.");

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
