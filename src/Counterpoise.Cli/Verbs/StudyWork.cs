using Counterpoise.Basics;
using Counterpoise.Cli.Output;
using Counterpoise.Runtime;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary>Works on a study: in this process, in others beside it, and in other ranks.</summary>
internal static class StudyWork
{
    /// <summary>Trains what the first rank hands out, which prints what is worth it.</summary>
    internal static int Help(Ranks ranks)
    {
        using var trials = new RemoteTrials(ranks);
        string study = Path.GetDirectoryName(trials.Runs)!;
        using var images = new TrialImages(run => ReopenedData.Open(run, study));
        var observer = new TuningObserver(trials.Plan, json: true, TextWriter.Null);
        var worker = new TrialWorker(trials.Plan, trials.Runs, images, TrainVerb.CommandLine(), observer);
        return TrainingConsole.Stoppable(stop => worker.Run(trials, stop)) ? 0 : Failures.Interrupted;
    }

    /// <summary>Trains until nothing is left, or until stopped.</summary>
    /// <param name="study">The study.</param>
    /// <param name="images">Its images.</param>
    /// <param name="retrains">Whether to train on the full set at the end.</param>
    /// <param name="ranks">All ranks; this is the first.</param>
    /// <param name="atATime">Trainings at a time.</param>
    /// <param name="json">Whether standard output carries JSON alone.</param>
    /// <param name="said">Where progress is told.</param>
    /// <returns>Whether nothing is left; false when stopped.</returns>
    internal static bool Run(
        Study study,
        TrialImages images,
        bool retrains,
        Ranks ranks,
        int atATime,
        bool json,
        TextWriter said
    )
    {
        var observer = new TuningObserver(study.Plan, json, said, atATime == 1 && !OwnProcess.IsThis);
        var worker = new TrialWorker(study.Plan, study.Runs, images, TrainVerb.CommandLine(), observer);
        using var queue = new StudyQueue(study, retrains, said.WriteLine);
        using TrialServer? server = ranks.Count == 1 ? null : new TrialServer(study, retrains, ranks, said.WriteLine);
        bool done = TrainingConsole.Stoppable(stop =>
        {
            using var helpers = new TuningHelpers(study, retrains, atATime - 1, said, stop);
            try
            {
                return worker.Run(queue, stop);
            }
            catch
            {
                helpers.Stop();
                throw;
            }
        });
        server?.Wait();
        return done;
    }
}
