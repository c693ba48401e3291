using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Norm of the loss's gradient with respect to the features, by class, while training goes on.</summary>
internal static class GradientNormFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!ClassChoice.AllHave(runs, statistics => statistics.GradientNorm))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
            "Feature-gradient norm over the epochs",
            "Mean norm of the loss's gradient with respect to the features, over the training images of a class "
                + $"(logarithmic axis). A class whose norm stays high is not learnt yet. {ClassChoice.Note(runs[0])}",
            [
                .. runs.Select(
                    (run, i) =>
                        new LinePanel(
                            runs.Count == 1 ? "" : names[i],
                            new Axis("epoch"),
                            new Axis("gradient norm (log)") { Logarithmic = true },
                            ClassChoice.Lines(run, ClassChoice.ForLines(run), statistics => statistics.GradientNorm)
                        )
                ),
            ]
        );
    }
}
