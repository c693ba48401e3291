namespace Counterpoise.Training;

/// <summary>Watches a training: a progress bar, a log, a JSON stream. It cannot change what is computed.</summary>
public interface ITrainingObserver
{
    /// <summary>A step is done; on a GPU up to 50 since the last call, as reading what they found makes it wait.</summary>
    void OnStep(TrainingProgress progress);

    /// <summary>An epoch is done, and its metrics and checkpoint are saved.</summary>
    void OnEpoch(EpochMetrics metrics);

    /// <summary>Something the user should know, in one line.</summary>
    void OnMessage(string message);
}

/// <summary>How far training is.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Epochs over all phases.</param>
/// <param name="Step">Steps done in the epoch.</param>
/// <param name="Steps">Steps of the epoch.</param>
/// <param name="Loss">The epoch's mean loss so far.</param>
/// <param name="RunningAccuracy">The epoch's training accuracy so far, in percent.</param>
/// <param name="ImagesPerSecond">Training images a second in this epoch.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int Steps,
    double Loss,
    double RunningAccuracy,
    double ImagesPerSecond
)
{
    /// <summary>The time the remaining training passes will take at the current speed.</summary>
    /// <param name="images">Images an epoch.</param>
    public TimeSpan Remaining(int images) =>
        TimeSpan.FromSeconds(
            images * (Epochs - Epoch + (1.0 * (Steps - Step) / Steps)) / Math.Max(ImagesPerSecond, 1e-9)
        );
}
