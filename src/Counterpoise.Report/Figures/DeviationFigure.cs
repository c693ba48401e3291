using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 7: how far the features of training and test images are apart, in every class.</summary>
internal static class DeviationFigure
{
    internal static Figure? Of(RunSet set) =>
        set.Runs.Any(run => run.History.Statistics is null)
            ? null
            : new Figure(
                "Feature deviation of every class",
                "Distance between the mean feature of a class's training images and that of its test images, in the last "
                    + "epoch with statistics; classes in order of their training images. Large values on small classes are over-fitting.",
                new BarPanel(
                    "",
                    ClassChoice.Label,
                    new Axis("feature deviation"),
                    ClassChoice.Categories(set.Runs[0].History),
                    ClassChoice.Series(set, run => run.Statistics!.FeatureDeviation)
                )
            );
}
