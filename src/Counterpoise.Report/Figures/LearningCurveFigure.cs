using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Loss and accuracies while training goes on, all runs in each panel.</summary>
internal static class LearningCurveFigure
{
    internal static Figure? Of(RunSet set)
    {
        Axis percent = new("accuracy (%)") { Min = 0, Max = 100 };
        LinePanel Panel(string title, Axis y, Func<EpochHistory, double?> value) =>
            new(title, new Axis("epoch"), y, [.. set.Runs.Select((run, style) => Curve(run, value, style))]);
        return set.Runs.Any(run => run.History.Epochs.Count == 0)
            ? null
            : new Figure(
                "Learning curves",
                "Loss and accuracy as trained are those of the mixed and augmented images while the network changes; test "
                    + "accuracies are measured at the end of an epoch.",
                Panel("training loss, as trained", new Axis("loss") { Min = 0 }, epoch => epoch.Loss),
                Panel("training accuracy, as trained", percent, epoch => epoch.RunningAccuracy),
                Panel("test accuracy", percent, epoch => epoch.Test?.Accuracy),
                Panel("balanced test accuracy", percent, epoch => epoch.Test?.BalancedAccuracy)
            )
            {
                Columns = 2,
            };
    }

    private static Line Curve(NamedRun run, Func<EpochHistory, double?> value, int style) =>
        new(
            run.Name,
            [
                .. run
                    .History.Epochs.Select(epoch => (epoch.Epoch, Value: value(epoch)))
                    .Where(point => point.Value is not null)
                    .Select(point => new LinePoint(point.Epoch, point.Value!.Value)),
            ],
            style
        );
}
