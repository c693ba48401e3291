using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 11: training and test accuracy of every class, one above the other.</summary>
internal static class AccuracyFigure
{
    internal static Figure? Of(RunSet set) =>
        set.Runs.Any(run => run.History.TrainPerClassAccuracy is null || run.History.Test is null)
            ? null
            : new Figure(
                "Training and test accuracy of every class",
                "Training accuracy is without mixing or augmentation. A test accuracy far below that of training is over-fitting; "
                    + "where both are low, the class is not learnt.",
                Panel(set, "training images", run => run.TrainPerClassAccuracy!),
                Panel(set, "test images", run => run.Test!.PerClassAccuracy)
            );

    private static BarPanel Panel(RunSet set, string title, Func<RunHistory, IReadOnlyList<double?>> values) =>
        new(
            title,
            ClassChoice.Label,
            new Axis("accuracy (%)") { Min = 0, Max = 100 },
            ClassChoice.Categories(set.Runs[0].History),
            ClassChoice.Series(set, values)
        );
}
