using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Tuning;

/// <summary>Trains what a source gives it, one training after the other, each into a run folder of the study.</summary>
/// <param name="plan">What is tried.</param>
/// <param name="runs">The folder of the run folders.</param>
/// <param name="images">The images.</param>
/// <param name="command">The command line, for the record of every run.</param>
/// <param name="observer">Who watches.</param>
internal sealed class TrialWorker(
    StudyPlan plan,
    string runs,
    TrialImages images,
    string command,
    ITuningObserver observer
)
{
    /// <summary>Works until nothing is left or until asked to stop.</summary>
    /// <param name="source">Where trainings come from.</param>
    /// <param name="stop">Asks to stop after the current step; the training is saved and given back.</param>
    /// <returns>Whether nothing is left; false when stopped.</returns>
    /// <exception cref="CounterpoiseException">A folder could not be written or read; the training is given back.</exception>
    public bool Run(ITrialSource source, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            while (source.Take(stop) is { } work)
            {
                TrialOutcome outcome = new TrialOutcome.Released();
                try
                {
                    outcome = Train(work, stop);
                }
                catch (DivergenceException diverged)
                {
                    outcome = new TrialOutcome.Diverged(diverged.Message);
                }
                finally
                {
                    source.Report(work, outcome);
                }

                observer.OnOutcome(work, outcome);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }

        return true;
    }

    private TrialOutcome Train(TrialWork work, CancellationToken stop)
    {
        Recipe recipe = work.Split is { } split
            ? plan.TrialRecipe(work.Settings, split)
            : plan.FinalRecipe(work.Settings);
        TrainingPlan wanted = plan.Specify(recipe);
        TrainingData data = images.Prepare(wanted);
        using var session = TrainingSession.Start(
            wanted,
            data,
            Path.Combine(runs, work.Name),
            command,
            new ResumeOptions { Threads = wanted.Execution.Threads }
        );
        RunFolder folder = session.Folder;
        if (Reached(work, folder, recipe) is { } trained)
        {
            return trained; // Whoever trained it was killed before it could say so.
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, work.Lost);
        if (work.Limit is { } limit)
        {
            ends.CancelAfter(limit);
        }

        observer.OnTraining(
            work,
            folder,
            recipe,
            watching => session.Train(data, [new RungObserver(watching, work.Until, ends)], ends.Token)
        );
        return Reached(work, folder, recipe) ?? (TrialOutcome)new TrialOutcome.Released();
    }

    /// <summary>What a run came to, if it is as far as it is to be.</summary>
    private static TrialOutcome.Trained? Reached(TrialWork work, RunFolder folder, Recipe recipe)
    {
        JsonObject? line = work.Until is { } until
            ? folder.ReadMetrics().FirstOrDefault(line => (int?)line["epoch"] == until)
            : folder.Result;
        if (line is null)
        {
            return null;
        }

        HeldOutScore? score =
            work.Split is not null && recipe.Data is { HeldOutFolds: 0, HeldOut: 0 }
                ? OutOfFoldScore(folder)
                : HeldOutScore.Of(
                    line,
                    folder.Description.HeldOutCounts
                        ?? [.. TrainingPlan.ClassesOf(folder).Select(_ => recipe.Data.HeldOut)]
                );
        return work.Split is null || score is not null
            ? new TrialOutcome.Trained(score)
            : throw new CounterpoiseException(
                $"{folder.Path} has no accuracy on held-out images after {work.Until ?? (int?)line["epochs"]} epochs; remove the folder, then go on."
            );
    }

    private static HeldOutScore OutOfFoldScore(RunFolder folder)
    {
        IReadOnlyList<PredictedImage> said = PredictedImages.Read(Path.Combine(folder.Path, RunFiles.OutOfFold)).Images;
        return HeldOutScore.Of([.. said.Select(image => image.Label)], [.. said.Select(image => image.IsRight)]);
    }
}
