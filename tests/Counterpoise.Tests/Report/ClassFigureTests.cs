using Counterpoise.Metrics;
using Counterpoise.Report;
using Counterpoise.Runs;
using ScottPlot;
using ScottPlot.Plottables;

namespace Counterpoise.Tests.Report;

/// <summary>Figures with a place for every class.</summary>
public sealed class ClassFigureTests : FigureDrawing
{
    [Fact]
    public void Deviation_has_a_bar_for_each_class_in_order_of_size_and_none_where_it_is_unknown()
    {
        Plot plot = Plots("deviation", Read(WrittenRun.Of("erm")), Read(WrittenRun.Of("mfw")))[0];

        ScottPlot.Plottables.BarPlot[] groups = [.. plot.GetPlottables<ScottPlot.Plottables.BarPlot>()];
        Assert.Equal(["erm", "mfw"], groups.Select(group => group.LegendText));
        Assert.Equal([4.0, 0, 12], groups[0].Bars.Select(bar => bar.Value));
        Assert.Equal(0, groups[0].Bars.ElementAt(1).LineWidth);
        Assert.Null(groups[0].Bars.First().FillHatch);
        Assert.NotNull(groups[1].Bars.First().FillHatch);
        Assert.Equal("feature deviation", plot.Axes.Left.Label.Text);
        Assert.Equal(["common\n(500)", "middling\n(50)", "rare\n(5)"], TickLabels(plot, plot.Axes.Bottom));
        Assert.Equal(["erm", "mfw"], plot.Legend.GetItems().Select(item => item.LabelText));
    }

    [Fact]
    public void Training_accuracy_stands_above_test_accuracy()
    {
        IReadOnlyList<Plot> plots = Plots("accuracy", Read(new WrittenRun { WithStatistics = false }));

        Assert.Equal(["training images", "test images"], plots.Select(plot => plot.Axes.Title.Label.Text));
        Assert.Equal([99.0, 80, 70], Bars(plots[0]));
        Assert.Equal([60.0, 70, 50], Bars(plots[1]));
        Assert.All(plots, plot => Assert.Equal((0, 100), (plot.Axes.GetLimits().Bottom, plot.Axes.GetLimits().Top)));
    }

    [Fact]
    public void Counts_are_bars_on_a_logarithmic_axis_and_accuracies_lines_on_the_other()
    {
        Plot plot = Plots("class-counts", Read(new WrittenRun()))[0];

        Assert.Equal(
            [Math.Log10(500), Math.Log10(50), Math.Log10(5)],
            plot.GetPlottables<ScottPlot.Plottables.BarPlot>().Single().Bars.Select(bar => bar.Value)
        );
        Scatter line = Assert.Single(plot.GetPlottables<Scatter>());
        Assert.Equal([(0, 60), (1, 70), (2, 50)], Points(line));
        Assert.Same(plot.Axes.Right, line.Axes.YAxis);
        Assert.Equal("test accuracy (%)", plot.Axes.Right.Label.Text);
    }

    [Fact]
    public void A_confusion_matrix_has_counts_and_rows_that_are_shares()
    {
        Plot plot = Plots("confusion", Read(new WrittenRun()))[0];

        // Rows and columns in order of size: common, middling, rare.
        double[,] shares = plot.GetPlottables<Heatmap>().Single().Intensities;
        Assert.Equal([0.9, 0.1, 0], Row(shares, 0));
        Assert.Equal([0, 1.0, 0], Row(shares, 1));
        Assert.Equal([0.6, 0, 0.4], Row(shares, 2));
        Assert.Contains(
            plot.GetPlottables<Text>(),
            text => text.LabelText == "6" && text.Location.X == 0 && text.Location.Y == 0
        );
        Assert.Equal(["common", "middling", "rare"], TickLabels(plot, plot.Axes.Bottom));
    }

    [Fact]
    public void Of_very_many_classes_the_matrix_shows_those_with_the_most_mistakes()
    {
        const int classes = 120;
        RunHistory run = Read(new WrittenRun());
        RunHistory many = run with
        {
            Classes = [.. Enumerable.Range(0, classes).Select(c => $"c{c}")],
            ClassCounts = [.. Enumerable.Range(0, classes).Select(c => classes - c)],
            Result = run.Result! with
            {
                // Class c has c test images, all taken for the next class.
                Statistics = run.Statistics! with
                {
                    Confusion = new ConfusionMatrix(
                        [.. Enumerable.Range(0, classes).SelectMany(c => Enumerable.Repeat((c + 1) % classes, c))],
                        [.. Enumerable.Range(0, classes).SelectMany(c => Enumerable.Repeat(c, c))],
                        classes
                    ),
                },
            },
        };

        Plot plot = Plots("confusion", many)[0];

        Assert.Equal(30, plot.GetPlottables<Heatmap>().Single().Intensities.GetLength(0));
        Assert.Equal("c90", TickLabels(plot, plot.Axes.Bottom)[0]);
        Assert.Contains("30 of 120 classes", Draw("confusion", new RunSet([many])).Caption);
    }

    [Fact]
    public void A_reliability_diagram_has_a_diagonal_and_names_the_error()
    {
        Plot plot = Plots("calibration", Read(WrittenRun.Of("erm")), Read(WrittenRun.Of("mfw")))[0];

        Scatter[] lines = [.. plot.GetPlottables<Scatter>()];
        Assert.Equal(["erm (ECE 0.125)", "mfw (ECE 0.125)", ""], lines.Select(line => line.LegendText ?? ""));
        Assert.Equal([(0.5, 0.25), (0.75, 0.75)], Points(lines[0]));
        Assert.Equal([(0, 0), (1, 1)], Points(lines[2]));
    }

    private static IEnumerable<double> Bars(Plot plot) =>
        plot.GetPlottables<ScottPlot.Plottables.BarPlot>().Single().Bars.Select(bar => bar.Value);

    private static double[] Row(double[,] matrix, int row) =>
        [.. Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column])];
}
