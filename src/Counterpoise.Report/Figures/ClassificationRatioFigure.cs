using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 8: how often the largest and the smallest class are predicted while training goes on.</summary>
internal static class ClassificationRatioFigure
{
    // Early in training a small class may be predicted a hundred times too often, which would flatten everything else.
    private const double Highest = 10;

    internal static Figure? Of(RunSet set)
    {
        if (set.Runs.Any(run => run.History.Statistics is null))
        {
            return null;
        }

        IReadOnlyList<LinePanel> panels = ClassChoice.Panels(
            set,
            new Axis("classification ratio") { Min = 0 },
            run => [run.BySize[0], run.BySize[^1]],
            statistics => statistics.ClassificationRatio
        );
        double largest = panels[0].Y.Max ?? 1;
        Axis y = new(
            largest > Highest ? $"classification ratio\n(above {Highest}: drawn at {Highest})" : "classification ratio"
        )
        {
            Min = 0,
            Max = Math.Clamp(largest, 1.2, Highest),
        };
        return new Figure(
            "Classification ratio of the largest and the smallest class",
            "Training images predicted as a class, over training images of it. At 1 (dashed) a class is predicted as "
                + "often as it occurs; below, training neglects it.",
            [.. panels.Select(panel => panel with { Y = y, Level = 1 })]
        );
    }
}
