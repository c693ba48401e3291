using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;
using Counterpoise.Tuning;

namespace Counterpoise.Cli.Output;

/// <summary>Tells what a worker does. Until all is done, nothing of the test set is shown: it must choose nothing.</summary>
/// <param name="plan">What is tried.</param>
/// <param name="json">Whether standard output carries JSON alone.</param>
/// <param name="said">Where it is told.</param>
/// <param name="isAlone">Whether one training goes on at a time; of several every line says which it is of.</param>
internal sealed class TuningObserver(StudyPlan plan, bool json, TextWriter said, bool isAlone = true) : ITuningObserver
{
    public TrainingOutcome OnTraining(
        TrialWork work,
        RunFolder folder,
        Recipe recipe,
        Func<ITrainingObserver, TrainingOutcome> train
    )
    {
        int epochs = recipe.Phases.Sum(phase => phase.Epochs);
        string goingOn = folder.Checkpoints.Count > 0 ? "going on" : "training";
        string until = work.Until is { } rung && rung < epochs ? $" to epoch {rung} of {epochs}" : "";
        said.WriteLine($"{Title(work)}: {goingOn}{until}");
        TrainingOutcome Watched(ITrainingObserver console) => train(new WithoutTest(console));
        void Say(string line) => said.WriteLine(isAlone ? line : $"{Title(work)}: {line}");
        return !json && isAlone && LiveObserver.IsWatched
            ? LiveObserver.Show(epochs, TrainingPlan.ClassCountsOf(folder).Sum(), Watched)
            : Watched(new TextObserver(Say, epochs));
    }

    public void OnOutcome(TrialWork work, TrialOutcome outcome) =>
        said.WriteLine(
            outcome switch
            {
                TrialOutcome.Trained({ } score) =>
                    $"{Title(work)}: held out {score.Accuracy:F2} ± {score.Error:F2} %{(work.Until is { } epoch ? $" after {epoch} epochs" : "")}",
                TrialOutcome.Trained => $"{Title(work)}: done",
                TrialOutcome.Diverged(var reason) => $"{Title(work)}: {reason}",
                _ => $"{Title(work)}: saved and given back",
            }
        );

    private string Title(TrialWork work) =>
        work.Split is { } split
            ? $"[{work.Trial + 1}/{plan.Trials}] {Settings(work)}"
                + (
                    plan.Splits == 1 ? ""
                    : plan.Budget is null ? $", split {split}"
                    : plan.IsOfAllFolds(work.Settings) ? ", without each fold"
                    : $", without fold {split}"
                )
            : $"[final] {Settings(work)}, on the full set";

    private static string Settings(TrialWork work) =>
        string.Join(
            ", ",
            work.Settings.Select(setting => setting.Key == SearchSpace.CandidateKey ? setting.Value : $"{setting}")
        );

    /// <summary>Passes on all but what the test set says.</summary>
    private sealed class WithoutTest(ITrainingObserver inner) : ITrainingObserver
    {
        public void OnStep(TrainingProgress progress) => inner.OnStep(progress);

        public void OnEpoch(EpochMetrics metrics) => inner.OnEpoch(metrics with { Test = null, Statistics = null });

        public void OnMessage(string message) => inner.OnMessage(message);
    }
}
