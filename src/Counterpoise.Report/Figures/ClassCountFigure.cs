using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Training images of every class as bars, with test accuracy as a line a run.</summary>
internal static class ClassCountFigure
{
    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (runs.Any(run => run.Test is null))
        {
            return null;
        }

        RunHistory first = runs[0];
        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
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
                        ClassChoice.InOrder(first, [.. first.ClassCounts.Select(n => (double?)n)]),
                        Palette.Neutral
                    ),
                ]
            )
            {
                LineAxis = new Axis("test accuracy (%)") { Min = 0, Max = 100 },
                Lines =
                [
                    .. runs.Select((run, i) => new Series(names[i], ClassChoice.InOrder(run, run.Test!.PerClass), i)),
                ],
            }
        );
    }
}
