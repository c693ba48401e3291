using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 7: how far the features of training and test images are apart, in every class.</summary>
internal static class FeatureDeviationFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!runs.All(run => ClassChoice.Has(run.Statistics?.FeatureDeviation)))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        Series[] series =
        [
            .. runs.Select(
                (run, i) => new Series(names[i], ClassChoice.InOrder(run, run.Statistics!.FeatureDeviation!), i)
            ),
        ];
        return new Figure(
            "Feature deviation of every class",
            "Distance between the mean feature of a class's training images and that of its test images, in the last "
                + "epoch with statistics; classes in order of their training images. Large values on small classes are over-fitting.",
            new BarPanel("", ClassChoice.Label, new Axis("feature deviation"), ClassChoice.Categories(runs[0]), series)
        );
    }
}
