using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Tuning;

/// <summary>Watches a worker.</summary>
internal interface ITuningObserver
{
    /// <summary>A training begins or goes on: gives it whoever watches it.</summary>
    /// <param name="work">What is trained.</param>
    /// <param name="folder">Its run folder, opened for writing.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="train">Trains, watched.</param>
    /// <returns>What <paramref name="train"/> returned.</returns>
    TrainingOutcome OnTraining(
        TrialWork work,
        RunFolder folder,
        Recipe recipe,
        Func<ITrainingObserver, TrainingOutcome> train
    );

    /// <summary>A training was reported.</summary>
    void OnOutcome(TrialWork work, TrialOutcome outcome);
}
