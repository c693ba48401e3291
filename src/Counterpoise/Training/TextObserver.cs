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
    /// <param name="width">How long it may be; what is least needed is left out of a longer one.</param>
    public static string EpochLine(EpochMetrics metrics, int epochs, int width = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        string digits = new('0', epochs.ToString().Length);
        List<(string Text, int Spare)> parts =
        [
            ($"epoch {metrics.Epoch.ToString(digits)}/{epochs}", 0),
            ($"loss {metrics.Loss:F4}", 1),
            ($"running {metrics.RunningAccuracy:F2} %", 2),
            ($"lr {metrics.LearningRate:F4}", 4),
            ($"{metrics.ImagesPerSecond:F0} img/s", 3),
            ($"{metrics.PeakMemoryMb:F0} MB", 5),
        ];
        if (metrics.Test is { } test)
        {
            parts.Add(($"test {test.Accuracy:F2} %", 0));
            parts.Add(($"balanced {test.BalancedAccuracy:F2} %", 0));
        }

        if (metrics.HeldOut is { } held)
        {
            parts.Add(($"held out {held.BalancedAccuracy:F2} %", 0));
        }

        while (Line().Length > width && parts.MaxBy(part => part.Spare) is { Spare: > 0 } least)
        {
            parts.Remove(least);
        }

        return Line();

        string Line() => string.Join("  ", parts.Select(part => part.Text));
    }
}
