using Counterpoise.Analysis;
using Counterpoise.Methods;
using Counterpoise.Report;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;
using ScottPlot;
using ScottPlot.Plottables;
using Recipe = Counterpoise.Training.Recipe;

namespace Counterpoise.Tests.Report;

/// <summary>What is drawn: data, axes and legends of the plots.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int written;

    public void Dispose() => folder.Dispose();

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
    public void The_ratio_has_a_panel_a_run_a_dashed_line_at_1_and_says_what_it_cuts_off()
    {
        IReadOnlyList<Plot> plots = Plots(
            "classification-ratio",
            Read(WrittenRun.Of("erm")),
            Read(WrittenRun.Of("mfw"))
        );

        Assert.Equal(2, plots.Count);
        Scatter[] lines = [.. plots[0].GetPlottables<Scatter>()];
        Assert.Equal(["common (500)", "rare (5)"], lines.Select(line => line.LegendText));
        Assert.Equal([(1, 10), (2, 10), (3, 10), (4, 7.5)], Points(lines[0]));
        Assert.Equal([0.1, 0.2, 0.3, 0.4], Points(lines[1]).Select(point => Math.Round(point.Y, 9)));
        HorizontalLine level = Assert.Single(plots[0].GetPlottables<HorizontalLine>());
        Assert.Equal((1, LinePattern.Dashed), (level.Y, level.LinePattern));
        Assert.Contains("above 10: drawn at 10", plots[0].Axes.Left.Label.Text);
        Assert.Equal("mfw", plots[1].Axes.Title.Label.Text);
        Assert.Equal(plots[0].Axes.GetLimits().Top, plots[1].Axes.GetLimits().Top);
    }

    [Fact]
    public void Lines_of_neighbouring_classes_differ_in_colour_pattern_and_marker()
    {
        Plot plot = Plots("gradient-norm", Read(new WrittenRun()))[0];

        Scatter[] lines = [.. plot.GetPlottables<Scatter>()];
        Assert.Equal(["common (500)", "middling (50)", "rare (5)"], lines.Select(line => line.LegendText));
        Assert.Equal(Math.Log10(0.1), Points(lines[0])[0].Y, 9);
        Assert.Equal(3, lines.Select(line => line.Color).Distinct().Count());
        Assert.Equal(3, lines.Select(line => line.LinePattern.Name).Distinct().Count());
        Assert.Equal(3, lines.Select(line => line.MarkerShape).Distinct().Count());
    }

    [Fact]
    public void Deviation_over_epochs_stands_above_the_features_with_circles_and_crosses()
    {
        EmbeddedPoint[] points = [new(0, 0, 0, false), new(1, 0, 0, true), new(2, 1, 1, false), new(2, 2, 1, false)];
        RunSet set = Set(WrittenRun.Of("erm"), WrittenRun.Of("mfw")).Show(["rare", "common"]) with
        {
            Embeddings = [points, [.. points.Take(2)]],
        };

        Figure figure = Draw("deviation-over-epochs", set);
        Plot[] plots = [.. figure.Panels.Select(PlottedFigure.Plot)];

        Assert.Equal((2, 4), (figure.Columns, plots.Length));
        Assert.Equal(["erm", "mfw", "erm: features", "mfw: features"], plots.Select(p => p.Axes.Title.Label.Text));
        Assert.Equal(
            [("rare (5)", 12.0), ("common (500)", 4.0)],
            plots[0].GetPlottables<Scatter>().Select(line => (line.LegendText, Points(line)[^1].Y))
        );
        Markers[] markers = [.. plots[2].GetPlottables<Markers>()];
        Assert.Equal(["rare", "", "common"], markers.Select(m => m.LegendText));
        Assert.Equal(
            [MarkerShape.OpenCircle, MarkerShape.Eks, MarkerShape.OpenCircle],
            markers.Select(m => m.MarkerStyle.Shape)
        );
        Assert.Equal([1, 1, 2], markers.Select(m => m.Data.GetScatterPoints().Count));
        Assert.Equal(markers[0].Color, markers[1].Color);
        Assert.Equal(markers[0].Color, plots[0].GetPlottables<Scatter>().First().Color);
        Assert.Equal(2, plots[3].GetPlottables<Markers>().Count());
    }

    [Fact]
    public void Of_an_odd_number_of_runs_each_has_its_features_below_it()
    {
        EmbeddedPoint[] points = [new(0, 0, 0, false)];
        RunSet set = Set(WrittenRun.Of("erm"), WrittenRun.Of("mfw"), WrittenRun.Of("mixup")) with
        {
            Embeddings = [points, points, points],
        };

        Assert.Equal(
            ["erm", "erm: features", "mfw", "mfw: features", "mixup", "mixup: features"],
            Draw("deviation-over-epochs", set).Panels.Select(panel => panel.Title)
        );
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
    public void Learning_curves_are_of_loss_and_of_three_accuracies()
    {
        IReadOnlyList<Plot> plots = Plots("learning-curves", Read(new WrittenRun()), Read(WrittenRun.Of("mfw")));

        Assert.Equal([(1, 1), (2, 0.5), (3, 1 / 3.0), (4, 0.25)], Points(plots[0].GetPlottables<Scatter>().First()));
        Assert.Equal([90.0, 60, 60], plots.Skip(1).Select(plot => Points(plot.GetPlottables<Scatter>().First())[^1].Y));
        Assert.All(
            plots,
            plot => Assert.Equal(["erm", "mfw"], plot.GetPlottables<Scatter>().Select(line => line.LegendText))
        );
        Assert.Equal("epoch", plots[0].Axes.Bottom.Label.Text);
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

    [Fact]
    public void A_sweep_has_mean_and_deviation_over_seeds_of_runs_that_differ_in_nothing_else()
    {
        RunHistory[] runs =
        [
            Read(Swept(alpha: 0.1, beta: 2, seed: 0, accuracy: 40)),
            Read(Swept(alpha: 0.1, beta: 2, seed: 1, accuracy: 44)),
            Read(Swept(alpha: 1, beta: 2, seed: 0, accuracy: 50)),
            Read(Swept(alpha: 1, beta: 0.5, seed: 0, accuracy: 90)),
            Read(Swept(alpha: 5, beta: 2, seed: 0, accuracy: 60) with { Finished = false }),
        ];

        Plot plot = Plots("alpha-sweep", runs)[0];

        Scatter line = Assert.Single(plot.GetPlottables<Scatter>());
        Assert.Equal([(Math.Log10(0.1), 52), (0, 60)], Points(line));
        ErrorBar bars = Assert.Single(plot.GetPlottables<ErrorBar>());
        Assert.Equal(
            [Math.Sqrt(8), 0],
            bars.YErrorPositive!.Select(error => Math.Round(error, 12)),
            (a, b) => Math.Abs(a - b) < 1e-9
        );
        Assert.NotNull(FigureCatalogue.Find("beta-sweep").Draw(new RunSet(runs), out _));
        Assert.Null(FigureCatalogue.Find("rho-sweep").Draw(new RunSet(runs), out string? missing));
        Assert.Contains("data.rho", missing);
    }

    [Fact]
    public void What_statistics_are_needed_for_is_missing_without_them_and_said_so()
    {
        RunSet set = Set(new WrittenRun { WithStatistics = false });

        string[] drawn = [.. FigureCatalogue.All.Where(kind => kind.Draw(set, out _) is not null).Select(k => k.Name)];

        Assert.Equal(["class-counts", "accuracy", "learning-curves"], drawn);
        FigureCatalogue.Find("confusion").Draw(set, out string? missing);
        Assert.Contains("--statistics every=1", missing);
        Assert.Contains("--recompute", missing);
    }

    [Fact]
    public void Runs_of_other_classes_are_not_put_side_by_side()
    {
        RunHistory[] runs = [Read(new WrittenRun()), Read(new WrittenRun { Classes = ["x", "y", "z"] })];

        Assert.Null(FigureCatalogue.Find("deviation").Draw(new RunSet(runs), out string? missing));
        Assert.Contains("same classes", missing);
    }

    [Fact]
    public void An_unknown_figure_suggests_the_nearest()
    {
        var error = Assert.Throws<UsageException>(() => FigureCatalogue.Find("confusoin"));
        Assert.Contains("confusion", error.Message);
    }

    [Fact]
    public void Every_figure_is_written_as_png_and_as_svg_with_its_dashes()
    {
        EmbeddedPoint[] points = [new(0, 0, 0, false), new(1, 0, 0, true), new(2, 1, 1, false)];
        RunSet set = Set(WrittenRun.Of("erm"), WrittenRun.Of("mfw")) with { Embeddings = [points, points] };
        foreach (FigureKind kind in FigureCatalogue.All)
        {
            if (kind.Draw(set, out _) is { } figure)
            {
                figure.Save(folder[$"{kind.Name}.png"]);
                figure.Save(folder[$"{kind.Name}.svg"]);
                using var picture = SkiaSharp.SKBitmap.Decode(folder[$"{kind.Name}.png"]);
                Assert.Equal(figure.Columns * figure.PanelWidth, picture.Width);
                for (int column = 0; column < figure.Columns; column++)
                {
                    Assert.True(HasColour(picture, column * figure.PanelWidth, figure.PanelWidth), kind.Name);
                }

                System.Xml.Linq.XDocument svg = System.Xml.Linq.XDocument.Load(folder[$"{kind.Name}.svg"]);
                Assert.Equal("svg", svg.Root!.Name.LocalName);
                Assert.Contains(figure.Title, svg.Root.Value);
            }
        }

        Assert.Contains("stroke-dasharray=\"8 4\"", File.ReadAllText(folder["gradient-norm.svg"]));
        var error = Assert.Throws<UsageException>(() =>
            FigureCatalogue.Find("confusion").Draw(set, out _)!.Save(folder["a.gif"])
        );
        Assert.Contains(".gif", error.Message);
    }

    [Fact]
    public void Classes_that_a_run_does_not_have_and_runs_named_twice_are_wrong_usage()
    {
        RunSet set = Set(new WrittenRun());

        var unknown = Assert.Throws<UsageException>(() => set.Show(["rar"]));
        var twice = Assert.Throws<UsageException>(() => RunSet.Read([set.Runs[0].History.Path, folder["run 1/."]]));

        Assert.Contains("--classes: there is no class 'rar'", unknown.Message);
        Assert.Contains("rare", unknown.Message);
        Assert.Contains("twice", twice.Message);
    }

    [Fact]
    public void Runs_are_named_by_what_tells_them_apart()
    {
        Assert.Equal(["erm", "mfw"], Labels(WrittenRun.Of("erm"), WrittenRun.Of("mfw")));
        Assert.Equal(["erm, seed 0", "erm, seed 1"], Labels(WrittenRun.Of("erm"), WrittenRun.Of("erm", seed: 1)));
    }

    private IEnumerable<string> Labels(params WrittenRun[] runs) => Set(runs).Runs.Select(run => run.Name);

    private RunSet Set(params WrittenRun[] runs) => new([.. runs.Select(Read)]);

    private static WrittenRun Swept(double alpha, double beta, ulong seed, double accuracy)
    {
        var run = new WrittenRun { Accuracy = accuracy };
        Recipe recipe = (run.Recipe with { Seed = seed }).With(new Mfw { Alpha = alpha, Beta = beta });
        return run with { Recipe = recipe };
    }

    private RunHistory Read(WrittenRun run) => RunHistory.Read(run.Write(folder[$"run {++written}"]));

    private static Figure Draw(string name, RunSet set)
    {
        Figure? figure = FigureCatalogue.Find(name).Draw(set, out string? missing);
        Assert.True(figure is not null, missing);
        return figure;
    }

    private static IReadOnlyList<Plot> Plots(string name, params RunHistory[] runs) =>
        [.. Draw(name, new RunSet(runs)).Panels.Select(PlottedFigure.Plot)];

    private static IEnumerable<double> Bars(Plot plot) =>
        plot.GetPlottables<ScottPlot.Plottables.BarPlot>().Single().Bars.Select(bar => bar.Value);

    /// <summary>Whether there is anything but black, grey and white in some columns of a picture.</summary>
    private static bool HasColour(SkiaSharp.SKBitmap picture, int left, int width) =>
        Enumerable
            .Range(left, width)
            .SelectMany(x => Enumerable.Range(0, picture.Height).Select(y => picture.GetPixel(x, y)))
            .Any(pixel => Math.Abs(pixel.Green - pixel.Red) > 50 || Math.Abs(pixel.Green - pixel.Blue) > 50);

    private static (double X, double Y)[] Points(Scatter line) =>
        [.. line.Data.GetScatterPoints().Select(point => (point.X, point.Y))];

    private static double[] Row(double[,] matrix, int row) =>
        [.. Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column])];

    private static string[] TickLabels(Plot plot, IAxis axis)
    {
        plot.RenderInMemory(800, 600);
        return [.. axis.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)];
    }
}
