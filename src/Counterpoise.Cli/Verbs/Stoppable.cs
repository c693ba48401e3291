using System.Runtime.InteropServices;
using Counterpoise.Cli.Output;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary>What ends in good order, with everything saved, when it is asked to.</summary>
internal static class Stoppable
{
    /// <summary>How a training ends.</summary>
    private const string AfterStep = "stopping after this step; press Ctrl-C again to stop at once";

    /// <summary>
    /// Runs with a token that is cancelled by SIGINT, by SIGTERM and when nobody reads the output any more; a second signal
    /// ends the process at once.
    /// </summary>
    /// <param name="run">Does the work.</param>
    /// <param name="how">What the first signal is answered with; null for nothing.</param>
    internal static T Run<T>(Func<CancellationToken, T> run, string? how = AfterStep)
    {
        using var stop = new CancellationTokenSource();
        int signals = 0;
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = Interlocked.Increment(ref signals) == 1;
            if (context.Cancel)
            {
                if (how is not null && RankLaunch.Rank == 0 && !OwnProcess.IsThis)
                {
                    Console.Error.WriteLine(how);
                }

                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        if (OwnProcess.IsThis)
        {
            OwnProcess.StopWithInput(stop);
        }

        ClosedOutput.Cancels(stop);
        try
        {
            return run(stop.Token);
        }
        finally
        {
            ClosedOutput.Leaves(stop);
        }
    }

    /// <summary>Waits for it.</summary>
    internal static async Task Asked(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => asked.SetResult());
        await asked.Task;
    }
}
