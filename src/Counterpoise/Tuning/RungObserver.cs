using Counterpoise.Training;

namespace Counterpoise.Tuning;

/// <summary>Stops a training at its rung, where everything is saved.</summary>
internal sealed class RungObserver(ITrainingObserver watching, int? until, CancellationTokenSource stop)
    : ITrainingObserver
{
    public void OnStep(TrainingProgress progress) => watching.OnStep(progress);

    public void OnEpoch(EpochMetrics metrics)
    {
        watching.OnEpoch(metrics);
        if (metrics.Epoch >= until)
        {
            stop.Cancel();
        }
    }

    public void OnMessage(string message) => watching.OnMessage(message);
}
