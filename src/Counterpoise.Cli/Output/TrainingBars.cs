using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>A bar for each of several trainings that go on at a time, and lines above them.</summary>
internal sealed class TrainingBars
{
    private readonly ProgressContext context;
    private readonly Dictionary<string, ProgressTask> bars = [];

    private TrainingBars(ProgressContext context) => this.context = context;

    /// <summary>Trains with bars, which go when training has ended.</summary>
    internal static T Show<T>(Func<TrainingBars, T> train) =>
        AnsiConsole
            .Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(
                new ProgressBarColumn { Width = 20 },
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .Start(context => train(new TrainingBars(context)));

    /// <summary>A line for people.</summary>
    internal static void Say(string line) => AnsiConsole.MarkupLineInterpolated($"{line}");

    /// <summary>A training began, or has come to the end of an epoch.</summary>
    /// <param name="name">The training.</param>
    /// <param name="epoch">Completed epochs.</param>
    /// <param name="epochs">Epochs of all phases.</param>
    internal void Move(string name, int epoch, int epochs)
    {
        lock (bars)
        {
            if (!bars.TryGetValue(name, out ProgressTask? bar))
            {
                bar = bars[name] = context.AddTask(name, maxValue: epochs);
            }

            bar.Value = epoch;
            bar.Description = Markup.Escape($"{name}: epoch {epoch}/{epochs}");
        }
    }

    /// <summary>A training has ended.</summary>
    internal void End(string name)
    {
        lock (bars)
        {
            if (bars.Remove(name, out ProgressTask? bar))
            {
                bar.Value = bar.MaxValue;
                bar.StopTask();
            }
        }
    }
}
