using Counterpoise.Training;

namespace Counterpoise.Cli.Output;

/// <summary>Several observers of one training.</summary>
internal sealed class ObserverGroup(params ITrainingObserver[] observers) : ITrainingObserver
{
    public void OnStep(TrainingProgress progress) => Array.ForEach(observers, o => o.OnStep(progress));

    public void OnEpoch(EpochMetrics metrics) => Array.ForEach(observers, o => o.OnEpoch(metrics));

    public void OnMessage(string message) => Array.ForEach(observers, o => o.OnMessage(message));
}
