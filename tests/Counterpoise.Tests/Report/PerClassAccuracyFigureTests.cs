using Counterpoise.Report.Figures;
using ScottPlot;
using ScottPlot.Plottables;

namespace Counterpoise.Tests.Report;

public sealed class PerClassAccuracyFigureTests
{
    private static readonly string[] Classes = ["rare", "common", "middling"];
    private static readonly int[] Counts = [5, 500, 50];
    private static readonly (string, IReadOnlyList<double?>)[] Methods =
    [
        ("ERM", [10.0, 90.0, null]),
        ("MFW", [30.0, 85.0, 60.0]),
    ];

    [Fact]
    public void Bars_stand_in_order_of_class_size_with_methods_side_by_side()
    {
        BarPlot[] groups = [.. Draw().GetPlottables<BarPlot>()];
        Assert.Equal(["ERM", "MFW"], groups.Select(group => group.LegendText));
        Assert.Equal([90.0, 0, 10], groups[0].Bars.Select(bar => bar.Value));
        Assert.Equal([85.0, 60, 30], groups[1].Bars.Select(bar => bar.Value));
        Assert.All(groups[0].Bars.Zip(groups[1].Bars), pair => Assert.True(pair.First.Position < pair.Second.Position));
        Assert.NotEqual(groups[0].Bars.First().FillColor, groups[1].Bars.First().FillColor);
    }

    [Fact]
    public void Axes_name_the_classes_and_span_all_percentages()
    {
        Plot plot = Draw();
        plot.RenderInMemory(400, 300);
        Assert.Equal(
            ["common\n(500)", "middling\n(50)", "rare\n(5)"],
            plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)
        );
        Assert.Equal(0, plot.Axes.GetLimits().Bottom);
        Assert.Equal(100, plot.Axes.GetLimits().Top);
        Assert.Equal("test accuracy (%)", plot.Axes.Left.Label.Text);
    }

    [Fact]
    public void The_file_is_a_png_of_the_stated_size()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "figure.png");
            PerClassAccuracyFigure.Save(path, "title", Classes, Counts, Methods);
            using var picture = SkiaSharp.SKBitmap.Decode(path);
            Assert.Equal((1200, 656), (picture.Width, picture.Height));
            Assert.Single(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Plot Draw() => PerClassAccuracyFigure.Draw("title", Classes, Counts, Methods);
}
