using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>A reliability diagram: how often predictions of a confidence are right.</summary>
internal static class CalibrationFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!runs.All(run => run.Statistics?.Calibration is { Count: > 0 }))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
            "Reliability diagram",
            "Accuracy of the test images by the confidence of their prediction. On the dashed line confidence is right; "
                + "below it the network is too confident. ECE is the expected calibration error.",
            new LinePanel(
                runs.Count == 1 ? Name(runs[0], names[0]) : "",
                new Axis("confidence") { Min = 0, Max = 1 },
                new Axis("accuracy") { Min = 0, Max = 1 },
                [.. runs.Select((run, i) => Curve(run, names[i], i))]
            )
            {
                Diagonal = true,
            }
        );
    }

    private static string Name(RunHistory run, string name) =>
        run.Statistics!.ExpectedError is { } error ? $"{name} (ECE {error:F3})" : name;

    private static Line Curve(RunHistory run, string name, int style) =>
        new(
            Name(run, name),
            [
                .. run.Statistics!.Calibration!.Select(bin => new LinePoint(
                    bin.Confidence,
                    bin.Accuracy,
                    Note: $"{bin.Images} images"
                )),
            ],
            style
        );
}
