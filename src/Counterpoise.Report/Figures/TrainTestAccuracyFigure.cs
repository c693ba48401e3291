using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 11: training and test accuracy of every class.</summary>
internal static class TrainTestAccuracyFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!runs.All(run => ClassChoice.Has(run.TrainPerClass) && run.Test is not null))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
            "Training and test accuracy of every class",
            "Training accuracy without mixing or augmentation beside test accuracy. A wide gap on small classes is over-fitting; "
                + "two low bars are under-fitting.",
            [
                .. runs.Select(
                    (run, i) =>
                        new BarPanel(
                            runs.Count == 1 ? "" : names[i],
                            ClassChoice.Label,
                            new Axis("accuracy (%)") { Min = 0, Max = 100 },
                            ClassChoice.Categories(run),
                            [
                                new Series("training", ClassChoice.InOrder(run, run.TrainPerClass!), 0),
                                new Series("test", ClassChoice.InOrder(run, run.Test!.PerClass), 1),
                            ]
                        )
                ),
            ]
        );
    }
}
