using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;
using Counterpoise.Training;
using Spectre.Console;

namespace Counterpoise.Cli.Verbs;

/// <summary>Trains into an open run folder with progress on the console, and prints the result: what train and resume share.</summary>
internal static class TrainingRun
{
    internal static int Go(
        RunSpecification run,
        TrainingData data,
        RunFolder folder,
        Ranks ranks,
        bool json,
        params ITrainingObserver[] others
    )
    {
        TrainingOutcome outcome = ranks.IsFirst
            ? Train(run, data, folder, json, ranks, others)
            : Train(run, data, folder, new ObserverGroup([]), ranks);
        if (outcome == TrainingOutcome.Interrupted)
        {
            if (ranks.IsFirst)
            {
                Console.Error.WriteLine($"stopped; go on with: counterpoise resume {TrainVerb.Quoted(folder.Path)}");
            }

            return Failures.Interrupted;
        }

        PrintResult(folder, json, ranks);
        return 0;
    }

    internal static TrainingOutcome Train(
        RunSpecification run,
        TrainingData data,
        RunFolder folder,
        bool json,
        Ranks ranks,
        params ITrainingObserver[] others
    )
    {
        int epochs = run.Recipe.Phases.Sum(phase => phase.Epochs);
        return json ? Train(run, data, folder, new JsonObserver(), ranks, others)
            : IsLive
                ? Live(context =>
                    Train(run, data, folder, new LiveObserver(context, epochs, data.Train.Count), ranks, others)
                )
            : Train(run, data, folder, new TextObserver(Console.WriteLine, epochs), ranks, others);
    }

    /// <summary>Trains with one who watches, and perhaps others, beside the run's own log.</summary>
    internal static TrainingOutcome Train(
        RunSpecification run,
        TrainingData data,
        RunFolder folder,
        ITrainingObserver console,
        Ranks ranks,
        params ITrainingObserver[] others
    )
    {
        int epochs = run.Recipe.Phases.Sum(phase => phase.Epochs);
        ITrainingObserver[] logging = ranks.IsFirst ? [new TextObserver(folder.AppendLog, epochs)] : [];
        return Stoppable(stop =>
            new Trainer(run.Recipe, data, folder, run.Execution, new ObserverGroup([console, .. logging, .. others]))
            {
                Ranks = ranks,
                KeepEvery = run.KeepEvery,
                StatisticsEvery = run.StatisticsEvery,
            }.Run(stop)
        );
    }

    internal static void PrintResult(RunFolder folder, bool json, Ranks ranks)
    {
        if (!ranks.IsFirst)
        {
            return;
        }

        JsonObject result = folder.Result!;
        if (json)
        {
            result["run"] = folder.Path;
            JsonObserver.WriteEvent("finished", result);
        }
        else
        {
            ResultTable.Print(result, folder.Path);
        }
    }

    /// <summary>Whether somebody watches a terminal.</summary>
    internal static bool IsLive => AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

    internal static TrainingOutcome Live(Func<ProgressContext, TrainingOutcome> train) =>
        AnsiConsole
            .Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn(),
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .Start(train);

    /// <summary>Runs with a token that SIGINT and SIGTERM cancel; a second signal ends the process at once.</summary>
    internal static T Stoppable<T>(Func<CancellationToken, T> run)
    {
        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            if (context.Cancel)
            {
                if (RankLaunch.Rank == 0)
                {
                    Console.Error.WriteLine("stopping after this step; press Ctrl-C again to stop at once");
                }

                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        return run(stop.Token);
    }
}
