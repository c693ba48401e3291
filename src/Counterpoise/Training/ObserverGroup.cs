namespace Counterpoise.Training;

/// <summary>Several observers of one training.</summary>
/// <param name="observers">Those that are told, in this order.</param>
internal sealed class ObserverGroup(params ITrainingObserver[] observers) : ITrainingObserver
{
    /// <inheritdoc/>
    public void OnStep(TrainingProgress progress) => Array.ForEach(observers, o => o.OnStep(progress));

    /// <inheritdoc/>
    public void OnEpoch(EpochMetrics metrics) => Array.ForEach(observers, o => o.OnEpoch(metrics));

    /// <inheritdoc/>
    public void OnMessage(string message) => Array.ForEach(observers, o => o.OnMessage(message));
}
