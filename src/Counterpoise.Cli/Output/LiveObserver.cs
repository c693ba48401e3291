using Counterpoise.Runtime;
using Counterpoise.Training;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Shows a bar that moves with every step, and a line for every epoch that was tested.</summary>
internal sealed class LiveObserver : ITrainingObserver
{
    private readonly ProgressTask bar;
    private readonly int epochs;
    private readonly int images;

    private LiveObserver(ProgressContext context, int epochs, int images)
    {
        bar = context.AddTask("training", maxValue: epochs);
        this.epochs = epochs;
        this.images = images;
    }

    /// <summary>Whether somebody watches a terminal.</summary>
    internal static bool IsWatched =>
        RankLaunch.Count == 1 && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

    /// <summary>Trains with a bar, which goes when training has ended.</summary>
    /// <param name="epochs">The epochs of all phases.</param>
    /// <param name="images">The training images.</param>
    /// <param name="train">Trains.</param>
    internal static TrainingOutcome Show(int epochs, int images, Func<ITrainingObserver, TrainingOutcome> train) =>
        AnsiConsole
            .Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn(),
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .Start(context => train(new LiveObserver(context, epochs, images)));

    public void OnStep(TrainingProgress progress)
    {
        bar.Value = progress.Epoch - 1 + ((double)progress.Step / progress.Steps);
        TimeSpan left = progress.Remaining(images);
        bar.Description =
            $"epoch {progress.Epoch}/{progress.Epochs}  loss {progress.Loss:F3}  running {progress.RunningAccuracy:F1} %  "
            + $"{progress.ImagesPerSecond:F0} img/s  {(int)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2} left";
    }

    public void OnEpoch(EpochMetrics metrics)
    {
        if (metrics.Test is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"{TextObserver.EpochLine(metrics, epochs)}");
        }
    }

    public void OnMessage(string message) => AnsiConsole.MarkupLineInterpolated($"[grey]{message}[/]");
}
