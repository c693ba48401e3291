using Counterpoise.Runs;
using ScottPlot;

namespace Counterpoise.Report;

/// <summary>Figures over epochs.</summary>
public static class ProgressFigures
{
    /// <summary>Ratios above this are drawn at it: early in training a small class may be predicted a hundred times too often.</summary>
    internal const double HighestRatio = 10;

    /// <summary>The classification ratio of some classes over epochs, a plot for each run, one above the other (the paper's figure 8).</summary>
    /// <param name="runs">Runs of the same classes, with statistics.</param>
    /// <param name="labels">The classes, such as the largest and the smallest.</param>
    public static Figure Ratio(IReadOnlyList<NamedRun> runs, IReadOnlyList<int> labels)
    {
        Figure figure = SameScale(
            runs,
            [
                .. runs.Select(run =>
                    PerClass(
                        run,
                        labels,
                        "Classification ratio",
                        "predicted / images",
                        s => s.ClassificationRatio,
                        HighestRatio
                    )
                ),
            ]
        );
        foreach (Plot plot in figure.Panels)
        {
            plot.Add.HorizontalLine(1, 1.5f, Color.FromHex("#7F7F7F"), LinePattern.Dashed);
        }

        return figure with
        {
            Columns = 1,
            PanelHeight = 380,
        };
    }

    /// <summary>The norm of the feature gradients of every class over epochs, runs side by side.</summary>
    /// <param name="runs">Runs of the same classes, with statistics.</param>
    /// <param name="labels">The classes.</param>
    public static Figure Gradient(IReadOnlyList<NamedRun> runs, IReadOnlyList<int> labels) =>
        SameScale(
            runs,
            [.. runs.Select(run => PerClass(run, labels, "Feature gradients", "mean norm", s => s.GradientNorm))]
        );

    /// <summary>The feature deviation of classes over epochs, runs side by side, and below it where wanted their features in the plane (figure 9).</summary>
    /// <param name="runs">Runs of the same classes, with statistics.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="embeddings">The features of each run's last network in the plane; empty for none.</param>
    public static Figure Deviation(
        IReadOnlyList<NamedRun> runs,
        IReadOnlyList<int> labels,
        IReadOnlyList<IReadOnlyList<EmbeddedPoint>> embeddings
    )
    {
        Figure curves = SameScale(
            runs,
            [
                .. runs.Select(run =>
                    PerClass(run, labels, "Feature deviation", "feature deviation", s => s.FeatureDeviation)
                ),
            ]
        );
        return curves with
        {
            Panels =
            [
                .. curves.Panels,
                .. embeddings.Select((points, i) => EmbeddingPlot.Draw(runs[i], labels, points)),
            ],
        };
    }

    /// <summary>Loss and accuracies over epochs, all runs in each plot.</summary>
    /// <param name="runs">The runs.</param>
    public static Figure Curves(IReadOnlyList<NamedRun> runs) =>
        new(
            2,
            [
                Together(runs, "Training loss, as trained", "loss", epoch => epoch.Loss),
                Together(runs, "Training accuracy, as trained", "accuracy (%)", epoch => epoch.RunningAccuracy),
                Together(runs, "Test accuracy", "accuracy (%)", epoch => epoch.Accuracy),
                Together(runs, "Balanced test accuracy", "accuracy (%)", epoch => epoch.BalancedAccuracy),
            ],
            PanelWidth: 700
        );

    private static Plot Together(
        IReadOnlyList<NamedRun> runs,
        string title,
        string y,
        Func<EpochHistory, double?> value
    )
    {
        Plot plot = FigureStyle.Plot(title, "epoch", y);
        for (int run = 0; run < runs.Count; run++)
        {
            FigureStyle.AddCurve(
                plot,
                runs[run].Name,
                run,
                [.. runs[run].History.Epochs.Select(epoch => ((double)epoch.Epoch, value(epoch)))]
            );
        }

        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }

    private static Plot PerClass(
        NamedRun run,
        IReadOnlyList<int> labels,
        string title,
        string y,
        Func<StatisticsHistory, IReadOnlyList<double?>> values,
        double most = double.PositiveInfinity
    )
    {
        Plot plot = FigureStyle.Plot($"{title}: {run.Name}", "epoch", y);
        for (int i = 0; i < labels.Count; i++)
        {
            int label = labels[i];
            FigureStyle.AddCurve(
                plot,
                $"{run.History.Classes[label]} ({run.History.ClassCounts[label]})",
                i,
                [
                    .. run.History.Studied.Select(epoch =>
                        (
                            (double)epoch.Epoch,
                            values(epoch.Statistics!)[label] is { } value ? Math.Min(value, most) : (double?)null
                        )
                    ),
                ]
            );
        }

        plot.Axes.AutoScale();
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    /// <summary>Runs can be compared by eye where their axes are the same.</summary>
    private static Figure SameScale(IReadOnlyList<NamedRun> runs, IReadOnlyList<Plot> plots)
    {
        double top = plots.Max(plot => plot.Axes.GetLimits().Top);
        foreach (Plot plot in plots)
        {
            plot.Axes.SetLimitsY(0, top);
        }

        return new Figure(runs.Count, plots);
    }
}
