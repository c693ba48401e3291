using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>The runs of a comparison, below one folder: those that are there are reused, those that are missing trained.</summary>
/// <param name="pathOf">The run folder of a recipe.</param>
/// <param name="data">What all are trained on.</param>
/// <param name="json">Whether standard output carries JSON alone.</param>
/// <param name="said">Where progress is told.</param>
internal sealed class ComparisonTrainings(Func<Recipe, string> pathOf, TrainingData data, bool json, TextWriter said)
{
    private readonly Dictionary<string, ComparedResult> finished = [];

    /// <summary>Trains what is missing, within a seed those first that others can start from.</summary>
    /// <returns>Whether all are finished; false when stopped.</returns>
    internal bool Train(IReadOnlyList<TrainingPlan> runs)
    {
        int number = 0;
        foreach (
            TrainingPlan run in runs.GroupBy(run => run.Recipe.Seed)
                .SelectMany(seed => seed.OrderBy(run => run.Recipe.Phases.Count))
        )
        {
            if (!Train(run, $"[{++number}/{runs.Count}] {run.Recipe.MethodNames}, seed {run.Recipe.Seed}"))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The finished run of a recipe, or null.</summary>
    internal ComparedResult? Finished(Recipe recipe) => finished.GetValueOrDefault(pathOf(recipe));

    /// <summary>Trains one, unless it is there already.</summary>
    /// <returns>Whether it is finished; false when stopped.</returns>
    internal bool Train(TrainingPlan run, string title)
    {
        string path = pathOf(run.Recipe);
        using var session = TrainingSession.Start(
            run,
            data,
            path,
            TrainVerb.CommandLine(),
            new ResumeOptions { Threads = run.Execution.Threads }
        );
        RunFolder runFolder = session.Folder;
        if (session.IsFinished)
        {
            said.WriteLine($"{title}: finished already");
        }
        else
        {
            string from = runFolder.Checkpoints.Count > 0 ? "going on" : StartFromFirstPhase(run.Recipe, runFolder);
            said.WriteLine($"{title}: {from}");
            if (Train(session) == TrainingOutcome.Interrupted)
            {
                return false;
            }
        }

        finished[path] = ComparedResult.Of(RunHistory.Read(path));
        return true;
    }

    /// <summary>Epochs are told to people alone: as JSON they would not say which run they are of.</summary>
    private TrainingOutcome Train(TrainingSession session) =>
        json
            ? TrainingConsole.Train(
                session,
                data,
                new TextObserver(said.WriteLine, session.Run.Recipe.Phases.Sum(phase => phase.Epochs))
            )
            : TrainingConsole.Train(session, data, json: false);

    /// <summary>Copies the first phase of a finished run of this comparison, where there is one.</summary>
    /// <returns>What happens, in words.</returns>
    private string StartFromFirstPhase(Recipe recipe, RunFolder runFolder)
    {
        Recipe first = recipe.WithoutSecondPhase();
        if (recipe.Phases.Count == 1 || first.Phases[0] != recipe.Phases[0] || Finished(first) is null)
        {
            return "training";
        }

        using RunFolder from = RunFolder.Open(pathOf(first), write: false);
        FirstPhase.Copy(recipe, data, runFolder, from);
        return $"second phase, from {first.MethodNames}";
    }
}
