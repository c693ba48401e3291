using Counterpoise.Runtime;
using Counterpoise.Training;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Shows a line that changes with every step, and above it a line for every epoch.</summary>
internal sealed class LiveObserver : ITrainingObserver
{
    private const int BarWidth = 16;

    private readonly StatusLine status;
    private readonly int epochs;
    private readonly int images;

    private LiveObserver(StatusLine status, int epochs, int images)
    {
        this.status = status;
        this.epochs = epochs;
        this.images = images;
    }

    /// <summary>Whether somebody watches a terminal.</summary>
    internal static bool IsWatched =>
        RankLaunch.Count == 1 && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

    /// <summary>Trains with a line that goes when training has ended.</summary>
    /// <param name="epochs">The epochs of all phases.</param>
    /// <param name="images">The training images.</param>
    /// <param name="train">Trains.</param>
    internal static TrainingOutcome Show(int epochs, int images, Func<ITrainingObserver, TrainingOutcome> train)
    {
        var line = new StatusLine(Console.Out);
        try
        {
            return train(new LiveObserver(line, epochs, images));
        }
        finally
        {
            line.End();
        }
    }

    public void OnStep(TrainingProgress progress)
    {
        double done = (progress.Epoch - 1 + ((double)progress.Step / progress.Steps)) / progress.Epochs;
        TimeSpan left = progress.Remaining(images);
        int filled = (int)(done * BarWidth);
        status.Show(
            $"{100 * done, 3:F0} %",
            $"epoch {progress.Epoch}/{progress.Epochs}",
            $"{(int)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2} left",
            $"loss {progress.Loss:F3}",
            $"running {progress.RunningAccuracy:F1} %",
            $"{progress.ImagesPerSecond:F0} img/s",
            new string('━', filled) + new string('─', BarWidth - filled)
        );
    }

    public void OnEpoch(EpochMetrics metrics) =>
        status.Above(TextObserver.EpochLine(metrics, epochs, StatusLine.Width));

    public void OnMessage(string message) => status.Above(message);
}
