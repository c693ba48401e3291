using Counterpoise.Runs;
using ScottPlot;

namespace Counterpoise.Report;

/// <summary>Figures with a place for every class, the largest first.</summary>
public static class ClassFigures
{
    /// <summary>The last epoch's feature deviation of every class, runs side by side (the paper's figure 7).</summary>
    /// <param name="runs">Runs of the same classes, with statistics.</param>
    public static Figure Deviation(IReadOnlyList<NamedRun> runs) =>
        Bars(runs, "Feature deviation after the last epoch", "feature deviation", run => run.Last!.FeatureDeviation);

    /// <summary>Training and test accuracy of every class (figure 11), one above the other.</summary>
    /// <param name="runs">Runs of the same classes, with statistics.</param>
    public static Figure Accuracy(IReadOnlyList<NamedRun> runs)
    {
        Plot train = Draw(
            runs,
            "Training accuracy after the last epoch",
            "accuracy (%)",
            run => run.Last!.TrainPerClassAccuracy
        );
        Plot test = Draw(
            runs,
            "Test accuracy after the last epoch",
            "accuracy (%)",
            run => run.Studied[^1].PerClassAccuracy!
        );
        train.Axes.SetLimitsY(0, 100);
        test.Axes.SetLimitsY(0, 100);
        return new Figure(1, [train, test], PanelWidth: 1200);
    }

    private static Figure Bars(
        IReadOnlyList<NamedRun> runs,
        string title,
        string y,
        Func<RunHistory, IReadOnlyList<double?>> values
    ) => new(1, [Draw(runs, title, y, values)], PanelWidth: 1200, PanelHeight: 600);

    private static Plot Draw(
        IReadOnlyList<NamedRun> runs,
        string title,
        string y,
        Func<RunHistory, IReadOnlyList<double?>> values
    )
    {
        RunHistory first = runs[0].History;
        Plot plot = FigureStyle.Plot(title, "class (training images)", y);
        for (int run = 0; run < runs.Count; run++)
        {
            FigureStyle.AddBars(plot, runs[run].Name, run, runs.Count, values(runs[run].History), first.BySize);
        }

        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        FigureStyle.NameClasses(plot, first.Classes, first.ClassCounts, first.BySize);
        plot.ShowLegend(Edge.Right);
        return plot;
    }
}
