using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 9: feature deviation while training goes on, and the features themselves in the plane.</summary>
public static class FeatureDeviationEpochsFigure
{
    private const string Title = "Feature deviation over the epochs";
    private const string Caption =
        "Distance between the mean feature of a class's training images and that of its test images.";

    /// <summary>The deviation of one run above, features in the plane below.</summary>
    /// <param name="run">The run.</param>
    /// <param name="epoch">The epoch the features are of.</param>
    /// <param name="points">Features of training and test images of the classes to be shown.</param>
    /// <exception cref="ArgumentException">There are no points.</exception>
    public static Figure Of(RunHistory run, int epoch, IReadOnlyList<EmbeddedPoint> points)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("There are no points to draw.", nameof(points));
        }

        // The same classes above and below, in label order, so that a class has one colour.
        int[] classes = [.. points.Select(point => point.Label).Distinct().Order()];
        var plane = new PointPanel($"features, epoch {epoch}", run.Classes, points);
        return ClassChoice.AllHave([run], statistics => statistics.FeatureDeviation)
            ? new Figure(
                Title,
                $"{Caption} Below, features of training (o) and test images (x).",
                Panel(run, "", classes),
                plane
            )
            : new Figure("Features in the plane", "Features of training (o) and test images (x).", plane);
    }

    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!ClassChoice.AllHave(runs, statistics => statistics.FeatureDeviation))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
            Title,
            $"{Caption} {ClassChoice.Note(runs[0])}",
            [.. runs.Select((run, i) => Panel(run, runs.Count == 1 ? "" : names[i], ClassChoice.ForLines(run)))]
        );
    }

    private static LinePanel Panel(RunHistory run, string name, IReadOnlyList<int> classes) =>
        new(
            name,
            new Axis("epoch"),
            new Axis("feature deviation") { Min = 0 },
            ClassChoice.Lines(run, classes, statistics => statistics.FeatureDeviation)
        );
}
