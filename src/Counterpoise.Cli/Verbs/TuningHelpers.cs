using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary>More processes that work on a study beside this one: each goes on with it as anybody could.</summary>
internal sealed class TuningHelpers : IDisposable
{
    private readonly OwnProcess[] processes;
    private readonly CancellationTokenRegistration asking;
    private readonly TextWriter said;

    /// <summary>Starts them.</summary>
    /// <param name="study">The study.</param>
    /// <param name="retrains">Whether to train on the full set at the end.</param>
    /// <param name="count">How many.</param>
    /// <param name="said">Takes what they say.</param>
    /// <param name="stop">Asks them to stop.</param>
    internal TuningHelpers(Study study, bool retrains, int count, TextWriter said, CancellationToken stop)
    {
        this.said = said;
        Runtime.Execution execution = study.Plan.Run.Execution;
        processes =
        [
            .. Enumerable
                .Range(1, count)
                .Select(place =>
                    OwnProcess.Start(
                        [
                            StudyWork.VerbOf(study.Plan),
                            "--output",
                            study.Path,
                            "--threads",
                            $"{execution.Threads}",
                            "--device",
                            execution.DeviceOf(place),
                            .. retrains ? (string[])[] : ["--no-retrain"],
                        ],
                        _ => { },
                        said.WriteLine
                    )
                ),
        ];
        asking = stop.Register(Stop);
    }

    /// <summary>Waits until they have ended: when nothing is left to try, or everything is saved.</summary>
    public void Dispose()
    {
        foreach (OwnProcess process in processes)
        {
            OwnProcess.Ended end = process.Wait().Result;
            if (!end.IsDone && !end.IsStopped)
            {
                said.WriteLine($"a process beside this one failed, and the others went on: {end.Reason}");
            }

            process.Dispose();
        }

        asking.Dispose();
    }

    /// <summary>Asks them to stop after their step.</summary>
    internal void Stop() => Array.ForEach(processes, process => process.Stop());
}
