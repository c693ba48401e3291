using Counterpoise.Report;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Figures;
using ScottPlot;
using ScottPlot.Plottables;

namespace Counterpoise.Tests.Report;

/// <summary>Figures over epochs.</summary>
public sealed class EpochFigureTests : FigureDrawing
{
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
}
