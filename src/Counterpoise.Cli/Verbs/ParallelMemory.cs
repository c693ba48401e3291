using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>Whether there is memory for several trainings at a time: each kind is tried for a few steps, in a process of its own.</summary>
internal static class ParallelMemory
{
    /// <summary>Refuses more trainings at a time than there is memory for.</summary>
    /// <param name="trainings">Those that are to be trained.</param>
    /// <param name="atATime">How many at a time.</param>
    /// <param name="say">Takes what was found.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="UsageException">They do not fit in this machine's memory, or in a GPU's.</exception>
    /// <exception cref="CounterpoiseException">One cannot be trained at all.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal static void Require(
        IEnumerable<ListedTraining> trainings,
        int atATime,
        Action<string> say,
        CancellationToken stop
    )
    {
        ListedTraining[] all = [.. trainings];
        int together = Math.Min(atATime, all.Length);
        if (together < 2)
        {
            return;
        }

        // Other settings change little about it.
        ListedTraining[] kinds = [.. all.DistinctBy(training => (training.Data, Kind(training.Plan.Recipe)))];
        Execution execution = all[0].Plan.Execution;
        double free = ProcessMemory.FreeMb;
        double? usedOfGpu = execution.UsedGpuMemoryMb;
        (double Host, double Gpu)[] costs = [.. kinds.Select(kind => Try(kind, stop))];
        double most = costs.Max(cost => cost.Host);
        Require(together, most, free, "");
        say($"{together} trainings at a time, each in up to {most:F0} MB; {free:F0} MB are free");
        if (usedOfGpu is { } used)
        {
            double mostOfGpu = costs.Max(cost => cost.Gpu) - used;
            double freeOfGpu = execution.FreeMemory / 1e6;
            Require((together + execution.GpusToShare - 1) / execution.GpusToShare, mostOfGpu, freeOfGpu, " of a GPU");
            say($"each in up to {mostOfGpu:F0} MB of a GPU; {freeOfGpu:F0} MB are free");
        }
    }

    private static (string, string, int) Kind(Recipe recipe) =>
        (recipe.MethodNames, recipe.Model, recipe.Training.BatchSize);

    private static void Require(int together, double most, double free, string where)
    {
        if (together * most > free)
        {
            throw new UsageException(
                $"{together} trainings at a time need up to {most:F0} MB{where} each, but {free:F0} MB are free; "
                    + $"give --parallel {Math.Max(1, (int)(free / most))}, or a smaller training.batch_size."
            );
        }
    }

    /// <summary>The memory of a few steps in MB, this machine's and what is then used of a GPU's; nothing is left behind.</summary>
    private static (double Host, double Gpu) Try(ListedTraining training, CancellationToken stop)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"counterpoise-{Guid.NewGuid():N}");
        try
        {
            (training with { Path = folder }).Open(first: null, out _).Dispose();
            (double, double)? cost = null;
            using var process = OwnProcess.Start(
                ["resume", folder, "--dry-run", "--threads", $"{training.Plan.Execution.Threads}"],
                answer => cost = ((double)answer["peak_memory_mb"]!, (double?)answer["gpu_memory_mb"] ?? 0),
                _ => { }
            );
            OwnProcess.Ended end = process.Wait().Result;
            stop.ThrowIfCancellationRequested(); // The signal has ended the other one, too.
            return cost ?? throw new CounterpoiseException($"{training.Name}: {end.Reason}");
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
