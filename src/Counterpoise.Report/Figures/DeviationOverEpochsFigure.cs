using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 9: feature deviation while training goes on, and below it the features themselves in the plane.</summary>
internal static class DeviationOverEpochsFigure
{
    internal static Figure? Of(RunSet set)
    {
        if (set.Runs.Any(run => run.History.Statistics is null))
        {
            return null;
        }

        IReadOnlyList<Panel> curves = ClassChoice.Panels(
            set,
            new Axis("feature deviation") { Min = 0 },
            set.LabelsOf,
            statistics => statistics.FeatureDeviation
        );
        IReadOnlyList<Panel> planes = [.. set.Embeddings.Zip(set.Runs, (points, run) => Plane(set, run, points))];
        int columns = ClassChoice.Columns(set);
        return new Figure(
            "Feature deviation over the epochs",
            "Distance between the mean feature of a class's training images and that of its test images. "
                + ClassChoice.Note(set)
                + (
                    planes.Count == 0
                        ? ""
                        : " Below, features of training images (o) and of test images (x) in the plane."
                ),
            [
                .. Enumerable
                    .Range(0, (set.Runs.Count + columns - 1) / columns)
                    .SelectMany(row =>
                        curves.Skip(row * columns).Take(columns).Concat(planes.Skip(row * columns).Take(columns))
                    ),
            ]
        )
        {
            Columns = columns,
        };
    }

    /// <summary>Classes in the order and colours of the curves.</summary>
    private static PointPanel Plane(RunSet set, NamedRun run, IReadOnlyList<EmbeddedPoint> points)
    {
        RunHistory history = run.History;
        IEnumerable<PointGroup> groups = set.LabelsOf(history)
            .Select(
                (label, style) =>
                    new PointGroup(
                        FigureStyle.Shorten(history.Classes[label]),
                        [.. points.Where(point => point.Label == label && !point.IsTest).Select(p => (p.X, p.Y))],
                        [.. points.Where(point => point.Label == label && point.IsTest).Select(p => (p.X, p.Y))],
                        style
                    )
            );
        return new PointPanel(
            $"{(set.Runs.Count == 1 ? "" : $"{run.Name}: ")}features",
            [.. groups.Where(group => group.Training.Count + group.Test.Count > 0)]
        );
    }
}
