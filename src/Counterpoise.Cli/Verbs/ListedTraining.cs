using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Results;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>One of several trainings that a verb makes.</summary>
/// <param name="Plan">The training, resolved.</param>
/// <param name="Path">Its run folder.</param>
/// <param name="Name">What people know it by.</param>
/// <param name="Data">Its images.</param>
internal sealed record ListedTraining(TrainingPlan Plan, string Path, string Name, TrainingData Data)
{
    /// <summary>Epochs of all phases.</summary>
    internal int Epochs => Plan.Recipe.Phases.Sum(phase => phase.Epochs);

    /// <summary>Whether it is finished.</summary>
    internal bool IsFinished => File.Exists(System.IO.Path.Combine(Path, RunFiles.Result));

    /// <summary>What it came to; null while it is not finished.</summary>
    /// <exception cref="CounterpoiseException">The folder is damaged, or the run was not tested.</exception>
    internal ComparedResult? Result => IsFinished ? ComparedResult.Of(RunHistory.Read(Path)) : null;

    /// <summary>The one of a list whose end is where this one's second phase begins; null for none.</summary>
    internal ListedTraining? FirstPhaseIn(IEnumerable<ListedTraining> list)
    {
        Recipe recipe = Plan.Recipe;
        if (recipe.Phases.Count == 1)
        {
            return null;
        }

        Recipe first = recipe.WithoutSecondPhase();
        return first.Phases[0] == recipe.Phases[0]
            ? list.FirstOrDefault(other => other.Data == Data && other.Plan.Recipe == first)
            : null;
    }

    /// <summary>Makes its run folder or opens it; where it is new, its second phase begins with a first one that is finished.</summary>
    /// <param name="first">That of the first phase; null for none.</param>
    /// <param name="how">How it goes on, in words.</param>
    internal TrainingSession Open(ListedTraining? first, out string how)
    {
        var session = TrainingSession.Start(
            Plan,
            Data,
            Path,
            TrainVerb.CommandLine(),
            new ResumeOptions { Threads = Plan.Execution.Threads }
        );
        try
        {
            how =
                session.IsFinished ? "finished already"
                : session.Folder.Checkpoints.Count > 0 ? "going on"
                : first is { IsFinished: true } ? Begin(session, first)
                : "training";
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private string Begin(TrainingSession session, ListedTraining first)
    {
        using RunFolder from = RunFolder.Open(first.Path, write: false);
        FirstPhase.Copy(Plan.Recipe, Data, session.Folder, from);
        return $"second phase, from {first.Plan.Recipe.MethodNames}";
    }
}
