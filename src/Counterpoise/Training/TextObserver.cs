namespace Counterpoise.Training;

/// <summary>Says every epoch and message in one line: on a console, or in a run's log.</summary>
/// <param name="writeLine">Takes the lines, such as <c>Console.WriteLine</c>.</param>
/// <param name="epochs">Epochs of all phases.</param>
internal sealed class TextObserver(Action<string> writeLine, int epochs) : ITrainingObserver
{
    /// <inheritdoc/>
    public void OnStep(TrainingProgress progress) { }

    /// <inheritdoc/>
    public void OnEpoch(EpochMetrics metrics) => writeLine(EpochLine(metrics, epochs));

    /// <inheritdoc/>
    public void OnMessage(string message) => writeLine(message);

    /// <summary>An epoch in one line: loss, accuracies in percent, learning rate, speed and memory.</summary>
    /// <param name="metrics">The epoch.</param>
    /// <param name="epochs">Epochs of all phases.</param>
    public static string EpochLine(EpochMetrics metrics, int epochs)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        string width = new('0', epochs.ToString().Length);
        string test = metrics.Test is { } t ? $"  test {t.Accuracy:F2} %  balanced {t.BalancedAccuracy:F2} %" : "";
        string heldOut = metrics.HeldOut is { } h ? $"  held out {h.BalancedAccuracy:F2} %" : "";
        return $"epoch {metrics.Epoch.ToString(width)}/{epochs}  loss {metrics.Loss:F4}  running {metrics.RunningAccuracy:F2} %  "
            + $"lr {metrics.LearningRate:F4}  {metrics.ImagesPerSecond:F0} img/s  {metrics.PeakMemoryMb:F0} MB{test}{heldOut}";
    }
}
