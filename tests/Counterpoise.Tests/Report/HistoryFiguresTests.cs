using Counterpoise.Analysis;
using Counterpoise.Report;
using Counterpoise.Runs;
using Counterpoise.Training;
using ScottPlot;
using ScottPlot.Plottables;
using SkiaSharp;

namespace Counterpoise.Tests.Report;

public sealed class HistoryFiguresTests : IDisposable
{
    private static readonly string[] Classes = ["rare", "common", "middling"];
    private static readonly int[] Counts = [5, 500, 50];
    private readonly TemporaryFolder folder = new();
    private readonly IReadOnlyList<NamedRun> runs = NamedRun.Of([History("erm", 0), History("mfw", 1)]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Runs_are_named_by_what_differs()
    {
        Assert.Equal(["erm", "mfw"], runs.Select(run => run.Name));
        RunHistory first = History("mfw", 0);
        RunHistory second = first with { Recipe = first.Recipe with { Seed = 7 } };
        Assert.Equal(["mfw, seed 0", "mfw, seed 7"], NamedRun.Of([first, second]).Select(run => run.Name));
        Assert.Equal(
            ["a", "b"],
            NamedRun.Of([first with { Path = "x/a" }, first with { Path = "x/b" }]).Select(run => run.Name)
        );
    }

    [Fact]
    public void Deviations_of_the_last_epoch_stand_in_order_of_class_size()
    {
        Plot plot = Assert.Single(ClassFigures.Deviation(runs).Panels);

        BarPlot[] bars = [.. plot.GetPlottables<BarPlot>()];
        Assert.Equal(["erm", "mfw"], bars.Select(bar => bar.LegendText));
        Assert.Equal([2.2, 3.2, 1.2], bars[0].Bars.Select(bar => bar.Value), new Near(1e-12));
        Assert.Equal([3.2, 4.2, 2.2], bars[1].Bars.Select(bar => bar.Value), new Near(1e-12));
        plot.RenderInMemory(400, 300);
        Assert.Equal(
            ["common\n(500)", "middling\n(50)", "rare\n(5)"],
            plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)
        );
        Assert.Equal(0, plot.Axes.GetLimits().Bottom);
        Assert.Equal("feature deviation", plot.Axes.Left.Label.Text);
    }

    [Fact]
    public void Accuracies_of_training_and_test_images_are_two_plots_up_to_100()
    {
        Figure figure = ClassFigures.Accuracy(runs);

        Assert.Equal([90.0, 80, 70], figure.Panels[0].GetPlottables<BarPlot>().First().Bars.Select(bar => bar.Value));
        Assert.Equal([60.0, 10], figure.Panels[1].GetPlottables<BarPlot>().First().Bars.Select(bar => bar.Value)); // The middle one is unknown.
        Assert.All(
            figure.Panels,
            plot => Assert.Equal((0, 100), (plot.Axes.GetLimits().Bottom, plot.Axes.GetLimits().Top))
        );
    }

    [Fact]
    public void Ratios_are_a_plot_for_each_run_on_one_scale_with_a_line_where_all_is_balanced()
    {
        Figure figure = ProgressFigures.Ratio(runs, [1, 0]);

        Assert.Equal((1, 2), (figure.Columns, figure.Panels.Count));
        Scatter[] curves = [.. figure.Panels[1].GetPlottables<Scatter>()];
        Assert.Equal(["common (500)", "rare (5)"], curves.Select(curve => curve.LegendText));
        Assert.Equal([1.0, 2], curves[0].Data.GetScatterPoints().Select(point => point.X));
        Assert.Equal([1.6, 1.7], curves[0].Data.GetScatterPoints().Select(point => point.Y), new Near(1e-12));
        Assert.Equal([10.0, 10], curves[1].Data.GetScatterPoints().Select(point => point.Y)); // 40 is drawn at the highest.
        Assert.Equal(1, figure.Panels[0].GetPlottables<HorizontalLine>().Single().Y);
        Assert.NotEqual(curves[0].LinePattern.Name, curves[1].LinePattern.Name);
        Assert.Single(figure.Panels.Select(plot => plot.Axes.GetLimits().Top).Distinct());
    }

    [Fact]
    public void Deviation_over_epochs_has_the_features_below_it()
    {
        EmbeddedPoint[] points = [new(0, 1, 1, false), new(2, 3, 1, true), new(4, 5, 0, true), new(6, 7, 2, false)];

        Figure figure = ProgressFigures.Deviation(runs, [1, 0], [points, points]);

        Assert.Equal((2, 4), (figure.Columns, figure.Panels.Count));
        Markers[] markers = [.. figure.Panels[2].GetPlottables<Markers>()];
        Assert.Equal(
            [(0.0, MarkerShape.OpenCircle), (2.0, MarkerShape.Eks), (4.0, MarkerShape.Eks)],
            markers.Select(marker => (marker.Data.GetScatterPoints().Single().X, marker.MarkerStyle.Shape))
        );
        Assert.Equal(["common", "", ""], markers.Select(marker => marker.LegendText));
        Assert.Equal(markers[0].MarkerStyle.LineColor, markers[1].MarkerStyle.LineColor);
    }

    [Fact]
    public void Curves_need_no_statistics_and_leave_out_what_was_not_tested()
    {
        NamedRun old = new(
            "old",
            runs[0].History with
            {
                Epochs = [new(1, 2, 30, null, null, null, null), new(2, 1, 40, 35, 36, null, null)],
            }
        );

        Figure figure = ProgressFigures.Curves([old]);

        Assert.Equal(
            [2.0, 1],
            figure.Panels[0].GetPlottables<Scatter>().Single().Data.GetScatterPoints().Select(p => p.Y)
        );
        Assert.Equal(
            [35.0],
            figure.Panels[2].GetPlottables<Scatter>().Single().Data.GetScatterPoints().Select(p => p.Y)
        );
        Assert.Equal("epoch", figure.Panels[0].Axes.Bottom.Label.Text);
    }

    [Fact]
    public void Every_panel_is_in_the_picture_and_svg_is_text()
    {
        Figure figure = ProgressFigures.Gradient(runs, [0, 1, 2]);
        figure.Save(folder["figure.png"]);
        figure.Save(folder["figure.svg"]);

        using SKBitmap picture = SKBitmap.Decode(folder["figure.png"]);
        Assert.Equal((1800, 480), (picture.Width, picture.Height));
        foreach (int left in new[] { 0, 900 })
        {
            Assert.Contains(
                Enumerable
                    .Range(left, 900)
                    .SelectMany(x => Enumerable.Range(0, 480).Select(y => picture.GetPixel(x, y))),
                pixel => pixel.Blue > pixel.Red + 100
            );
        }

        Assert.Contains("<svg", File.ReadAllText(folder["figure.svg"]));
        Assert.Contains(".png or .svg", Assert.Throws<UsageException>(() => figure.Save(folder["figure.bmp"])).Message);
        Assert.Equal(2, Directory.GetFiles(folder["."]).Length);
    }

    private static RunHistory History(string methods, double more) =>
        new(
            methods,
            Recipe.Erm.WithMethods(methods),
            Classes,
            Counts,
            [
                .. Enumerable
                    .Range(1, 2)
                    .Select(epoch => new EpochHistory(
                        epoch,
                        2 - (0.1 * epoch),
                        40,
                        50,
                        45,
                        [10, 60, null],
                        Statistics(epoch, more)
                    )),
            ]
        );

    private static StatisticsHistory Statistics(int epoch, double more) =>
        new(
            80,
            [70, 90, 80],
            [more > 0 ? 40 : 0.1, 0.5 + more + (0.1 * epoch), 1],
            [1, 0.2, 0.5],
            [1 + more + (0.1 * epoch), 2 + more + (0.1 * epoch), 3 + more + (0.1 * epoch)],
            [1, 1, 1],
            [1, 1, 1],
            null,
            [(0, 1, 3)],
            new Calibration([new CalibrationBin(3, 0.6, 0.5)]),
            [],
            1
        );
}
