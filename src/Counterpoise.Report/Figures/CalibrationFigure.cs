using Counterpoise.Metrics;
using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Figures;

/// <summary>A reliability diagram: how often predictions of a confidence are right.</summary>
internal static class CalibrationFigure
{
    internal static Figure? Of(RunSet set) =>
        set.Runs.Any(run => run.History.Statistics is null)
            ? null
            : new Figure(
                "Reliability diagram",
                "Accuracy of the test images by the confidence of their prediction. On the dashed line confidence is right; "
                    + "below it the network is too confident. ECE is the expected calibration error.",
                new LinePanel(
                    "",
                    new Axis("confidence") { Min = 0, Max = 1 },
                    new Axis("accuracy") { Min = 0, Max = 1 },
                    [.. set.Runs.Select((run, style) => Curve(run.Name, run.History.Statistics!.Calibration, style))]
                )
                {
                    Diagonal = true,
                }
            );

    private static Line Curve(string name, Calibration calibration, int style) =>
        new(
            $"{name} (ECE {calibration.ExpectedError:F3})",
            [
                .. calibration.Bins.Select(bin => new LinePoint(
                    bin.Confidence,
                    bin.Accuracy,
                    Note: $"{bin.Images} images"
                )),
            ],
            style
        );
}
