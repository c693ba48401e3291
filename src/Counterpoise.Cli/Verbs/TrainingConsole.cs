using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>Trains into an open run folder with progress on the console, and prints the result: what train and resume share.</summary>
internal static class TrainingConsole
{
    internal static int Go(
        TrainingSession session,
        TrainingData data,
        Ranks ranks,
        bool json,
        params ITrainingObserver[] others
    )
    {
        TrainingOutcome outcome = ranks.IsFirst
            ? Train(session, data, json, others)
            : Stoppable.Run(stop => session.Train(data, [], stop));
        if (outcome == TrainingOutcome.Interrupted)
        {
            if (ranks.IsFirst && !OwnProcess.IsThis)
            {
                Console.Error.WriteLine(
                    $"stopped; go on with: counterpoise resume {ShellWord.Quoted(session.Folder.Path)}"
                );
            }

            return Failures.Interrupted;
        }

        PrintResult(session.Folder, json, ranks);
        return 0;
    }

    internal static TrainingOutcome Train(
        TrainingSession session,
        TrainingData data,
        bool json,
        params ITrainingObserver[] others
    )
    {
        int epochs = session.Run.Recipe.Phases.Sum(phase => phase.Epochs);
        return json ? Train(session, data, new JsonObserver(), others)
            : LiveObserver.IsWatched
                ? LiveObserver.Show(epochs, data.Train.Count, live => Train(session, data, live, others))
            : Train(session, data, new TextObserver(Console.WriteLine, epochs), others);
    }

    /// <summary>Trains with one who watches, and perhaps others.</summary>
    internal static TrainingOutcome Train(
        TrainingSession session,
        TrainingData data,
        ITrainingObserver console,
        params ITrainingObserver[] others
    ) => Stoppable.Run(stop => session.Train(data, [console, .. others], stop));

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
}
