using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

/// <summary>Stops a training after a step.</summary>
/// <param name="stop">Is told to stop.</param>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="step">The step within it, from 1.</param>
internal sealed class StoppingAt(CancellationTokenSource stop, int epoch, int step) : ITrainingObserver
{
    public void OnStep(TrainingProgress progress)
    {
        if (progress.Epoch == epoch && progress.Step == step)
        {
            stop.Cancel();
        }
    }

    public void OnEpoch(EpochMetrics metrics) { }

    public void OnMessage(string message) { }
}
