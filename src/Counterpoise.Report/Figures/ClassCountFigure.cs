using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Training images of every class as bars, with test accuracy as a line a run.</summary>
internal static class ClassCountFigure
{
    internal static Figure? Of(RunSet set)
    {
        RunHistory first = set.Runs[0].History;
        return set.Runs.Any(run => run.History.Test is null)
            ? null
            : new Figure(
                "Training images and test accuracy of every class",
                "Bars: training images (logarithmic axis, left). Lines: test accuracy (right).",
                new BarPanel(
                    "",
                    "class",
                    new Axis("training images (log)") { Logarithmic = true },
                    [.. first.BySize.Select(c => new Category(first.Classes[c], ""))],
                    [
                        new Series(
                            "images",
                            [.. first.BySize.Select(c => (double?)first.ClassCounts[c])],
                            Palette.Neutral
                        ),
                    ]
                )
                {
                    LineAxis = new Axis("test accuracy (%)") { Min = 0, Max = 100 },
                    Lines = ClassChoice.Series(set, run => run.Test!.PerClassAccuracy),
                }
            );
    }
}
