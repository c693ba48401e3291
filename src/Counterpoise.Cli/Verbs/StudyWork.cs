using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Runtime;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Verbs;

/// <summary>Works on a study: in this process, in others beside it, and in other ranks.</summary>
internal static class StudyWork
{
    /// <summary>The verb that a study is of.</summary>
    internal static string VerbOf(StudyPlan plan) => plan.Budget is null ? "tune" : "choose";

    /// <summary>The study in a folder, to go on with.</summary>
    /// <param name="verb">The verb that goes on with it.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="parsed">What was given.</param>
    /// <param name="execution">Threads and device, where they are not as before.</param>
    /// <exception cref="UsageException">There is none, or it is that of another verb.</exception>
    internal static Study GoOn(string verb, string folder, ParseResult parsed, ExecutionOptions execution)
    {
        Study study = Study.Open(folder, execution.ThreadsOfEach(parsed), execution.GivenDevice(parsed));
        string own = VerbOf(study.Plan);
        if (own == verb)
        {
            return study;
        }

        study.Dispose();
        throw new UsageException(
            $"{folder} is of 'counterpoise {own}', not of '{verb}'; go on with: counterpoise {own} -o {ShellWord.Quoted(folder)}"
        );
    }

    /// <summary>Refuses more trainings at a time than can be.</summary>
    /// <returns>How many there are at a time.</returns>
    internal static int AtATime(ParseResult parsed, ExecutionOptions options, Execution execution, Ranks ranks)
    {
        int atATime = options.AtATime(parsed);
        if (atATime > 1)
        {
            SeveralRanks.RequireAlone(ranks, "--parallel");
            options.RequireProcessors(parsed, execution);
        }

        return atATime;
    }

    /// <summary>Trains what the first rank hands out, which prints what is worth it.</summary>
    internal static int Help(Ranks ranks)
    {
        using var trials = new RemoteTrials(ranks);
        string study = Path.GetDirectoryName(trials.Runs)!;
        using var images = new TrialImages(run => ReopenedData.Open(run, study));
        var observer = new TuningObserver(trials.Plan, json: true, TextWriter.Null);
        var worker = new TrialWorker(trials.Plan, trials.Runs, images, TrainVerb.CommandLine(), observer);
        return Stoppable.Run(stop => worker.Run(trials, stop)) ? 0 : Failures.Interrupted;
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
        bool done = Stoppable.Run(stop =>
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
