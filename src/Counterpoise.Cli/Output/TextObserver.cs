using Counterpoise.Training;

namespace Counterpoise.Cli.Output;

/// <summary>Writes a line for every epoch and message: to a redirected output, or to the run's log.</summary>
internal sealed class TextObserver(Action<string> writeLine, int epochs) : ITrainingObserver
{
    public void OnStep(TrainingProgress progress) { }

    public void OnEpoch(EpochMetrics metrics) => writeLine(EpochLine(metrics, epochs));

    public void OnMessage(string message) => writeLine(message);

    internal static string EpochLine(EpochMetrics metrics, int epochs)
    {
        string width = new('0', epochs.ToString().Length);
        string test = metrics.Test is { } t ? $"  test {t.Accuracy:F2} %  balanced {t.BalancedAccuracy:F2} %" : "";
        string heldOut = metrics.HeldOut is { } h ? $"  held out {h.BalancedAccuracy:F2} %" : "";
        return $"epoch {metrics.Epoch.ToString(width)}/{epochs}  loss {metrics.Loss:F4}  running {metrics.RunningAccuracy:F2} %  "
            + $"lr {metrics.LearningRate:F4}  {metrics.ImagesPerSecond:F0} img/s  {metrics.PeakMemoryMb:F0} MB{test}{heldOut}";
    }
}
