using Counterpoise.Training;
using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Shows a bar that moves with every step, and a line for every epoch that was tested.</summary>
internal sealed class LiveObserver(ProgressContext context, int epochs, int images) : ITrainingObserver
{
    private readonly ProgressTask bar = context.AddTask("training", maxValue: epochs);

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
