using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Loss and accuracies while training goes on.</summary>
internal static class LearningCurveFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!runs.All(run => run.Epochs.Any(epoch => epoch.Loss is not null)))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        bool one = runs.Count == 1;
        (string Name, Func<RunEpoch, double?> Value)[] accuracies =
        [
            ("running", epoch => epoch.RunningAccuracy),
            ("test", epoch => epoch.Test?.Accuracy),
            ("balanced test", epoch => epoch.Test?.Balanced),
        ];
        Line[] losses = [.. runs.Select((run, i) => Curve(names[i], run, epoch => epoch.Loss, i))];
        Line[] lines =
        [
            .. runs.SelectMany(
                    (run, i) =>
                        accuracies.Select(accuracy =>
                            (Name: one ? accuracy.Name : $"{names[i]}, {accuracy.Name}", Run: run, accuracy.Value)
                        )
                )
                .Select((line, style) => Curve(line.Name, line.Run, line.Value, style))
                .Where(line => line.Points.Count > 0),
        ];
        return new Figure(
            "Learning curves",
            "Loss and running accuracy are those of the mixed and augmented images while the network changes; test "
                + "accuracies are measured at the end of an epoch.",
            new LinePanel("", new Axis("epoch"), new Axis("training loss") { Min = 0 }, losses),
            new LinePanel("", new Axis("epoch"), new Axis("accuracy (%)") { Min = 0, Max = 100 }, lines)
        );
    }

    private static Line Curve(string name, RunHistory run, Func<RunEpoch, double?> value, int style) =>
        new(
            name,
            [
                .. run
                    .Epochs.Select(epoch => (epoch.Epoch, Value: value(epoch)))
                    .Where(point => point.Value is not null)
                    .Select(point => new LinePoint(point.Epoch, point.Value!.Value)),
            ],
            style
        );
}
