using Counterpoise.Metrics;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>What thresholds on a class's probability find on test images: precision by recall, or recall by false alarms.</summary>
internal static class CurveFigure
{
    /// <summary>Points that are nearer to each other cannot be told apart.</summary>
    private const double Near = 0.005;

    internal static Figure? PrecisionRecall(RunSet set) =>
        Of(
            set,
            "Precision by recall",
            "A point for each threshold on a class's probability: of what is taken for the class, the share that is of it, by the share of the class that is found. AP is the area below. ",
            ("recall", "precision"),
            (point, images, _) => (Share(point.True, images), Share(point.True, point.True + point.False)),
            areas => $"AP {100 * areas.AveragePrecision:F0} %"
        );

    internal static Figure? Roc(RunSet set) =>
        Of(
            set,
            "Found by false alarms",
            "A point for each threshold on a class's probability: the share of the class that is found, by the share of other images that are taken for it. AUC is the area below; on the dashed line probabilities say nothing. ",
            ("share of other images", "recall"),
            (point, images, others) => (Share(point.False, others), Share(point.True, images)),
            areas => $"AUC {100 * areas.Auroc:F1} %",
            isDiagonal: true
        );

    private static Figure? Of(
        RunSet set,
        string title,
        string caption,
        (string X, string Y) axes,
        Func<RankingPoint, int, int, (double X, double Y)> place,
        Func<RankingAreas, string> area,
        bool isDiagonal = false
    )
    {
        PredictedImages?[] said = [.. set.Runs.Select(run => run.History.TestPredictions)];
        if (said.Any(one => one is null))
        {
            return null;
        }

        return new Figure(
            title,
            caption + ClassChoice.Note(set),
            [
                .. set.Runs.Zip(
                    said,
                    (run, of) =>
                        new LinePanel(
                            set.Runs.Count == 1 ? "" : run.Name,
                            new Axis(axes.X) { Min = 0, Max = 1 },
                            new Axis(axes.Y) { Min = 0, Max = 1 },
                            [.. set.LabelsOf(run.History).Select((c, style) => Curve(run.History, of!, c, style))]
                        )
                        {
                            Diagonal = isDiagonal,
                        }
                ),
            ]
        )
        {
            Columns = ClassChoice.Columns(set),
        };

        Line Curve(RunHistory run, PredictedImages of, int label, int style)
        {
            Ranking ranking = of.Ranking(label);
            RankingPoint[] points = [.. ranking.Points()];
            RankingPoint last = points[^1];
            return new Line(
                $"{FigureStyle.Shorten(run.Classes[label])} ({area(ranking.Areas())})",
                last.True == 0
                    ? []
                    :
                    [
                        .. Apart(
                            points.Select(point =>
                            {
                                (double x, double y) = place(point, last.True, last.False);
                                return new LinePoint(x, y, Note: $"from probability {point.Score:G3}");
                            })
                        ),
                    ],
                style
            );
        }
    }

    /// <summary>Points without those that are near the one before.</summary>
    private static IEnumerable<LinePoint> Apart(IEnumerable<LinePoint> points)
    {
        LinePoint? before = null;
        foreach (LinePoint point in points)
        {
            if (before is not { } shown || Math.Abs(point.X - shown.X) >= Near || Math.Abs(point.Y - shown.Y) >= Near)
            {
                yield return point;
                before = point;
            }
        }
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
