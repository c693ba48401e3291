using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Figures;

/// <summary>Norm of the loss's gradient with respect to the features, by class, while training goes on.</summary>
internal static class GradientNormFigure
{
    internal static Figure? Of(RunSet set) =>
        set.Runs.Any(run => run.History.Statistics is null)
            ? null
            : new Figure(
                "Feature-gradient norm over the epochs",
                "Mean norm of the cross-entropy's gradient with respect to the features, over the training images of a class "
                    + $"(logarithmic axis). A class whose norm stays high is not learnt yet. {ClassChoice.Note(set)}",
                ClassChoice.Panels(
                    set,
                    new Axis("gradient norm (log)") { Logarithmic = true },
                    set.LabelsOf,
                    statistics => statistics.GradientNorm
                )
            )
            {
                Columns = ClassChoice.Columns(set),
            };
}
