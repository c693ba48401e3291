using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>The paper's figure 8: how often the largest and the smallest class are predicted while training goes on.</summary>
internal static class ClassificationRatioFigure
{
    // A class that is predicted more often than this early on would flatten everything else.
    private const double Clamp = 3;

    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!ClassChoice.AllHave(runs, statistics => statistics.ClassificationRatio))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        return new Figure(
            "Classification ratio of the largest and the smallest class",
            "Training images predicted as a class, over training images of it. At 1 (dashed) a class is predicted as "
                + "often as it occurs; below, training neglects it.",
            [.. runs.Select((run, i) => Panel(run, names[i]))]
        );
    }

    private static LinePanel Panel(RunHistory run, string name)
    {
        IReadOnlyList<int> order = run.BySize;
        IReadOnlyList<Line> lines = ClassChoice.Lines(run, [order[0], order[^1]], s => s.ClassificationRatio);
        double largest = lines.SelectMany(line => line.Points).Select(point => point.Y).DefaultIfEmpty(1).Max();
        string label = "classification ratio";
        return new LinePanel(
            name,
            new Axis("epoch"),
            new Axis(largest > Clamp ? $"{label}\n(above {Clamp}: drawn at {Clamp})" : label)
            {
                Min = 0,
                Max = largest > Clamp ? Clamp : Math.Max(1.2, largest),
            },
            lines
        )
        {
            Level = 1,
        };
    }
}
