using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Report;
using Counterpoise.Report.Figures;
using Counterpoise.Runs;
using ScottPlot;
using ScottPlot.Plottables;
using Recipe = Counterpoise.Recipes.Recipe;

namespace Counterpoise.Tests.Report;

/// <summary>What all figures have in common, and sweeps.</summary>
public sealed class FigureCatalogueTests : FigureDrawing
{
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
                figure.Save(this[$"{kind.Name}.png"]);
                figure.Save(this[$"{kind.Name}.svg"]);
                using var picture = SkiaSharp.SKBitmap.Decode(this[$"{kind.Name}.png"]);
                Assert.Equal(figure.Columns * figure.Grid.PanelWidth, picture.Width);
                for (int column = 0; column < figure.Columns; column++)
                {
                    Assert.True(HasColour(picture, column * figure.Grid.PanelWidth, figure.Grid.PanelWidth), kind.Name);
                }

                System.Xml.Linq.XDocument svg = System.Xml.Linq.XDocument.Load(this[$"{kind.Name}.svg"]);
                Assert.Equal("svg", svg.Root!.Name.LocalName);
                Assert.Contains(figure.Title, svg.Root.Value);
            }
        }

        Assert.Contains("stroke-dasharray=\"8 4\"", File.ReadAllText(this["gradient-norm.svg"]));
        var error = Assert.Throws<UsageException>(() =>
            FigureCatalogue.Find("confusion").Draw(set, out _)!.Save(this["a.gif"])
        );
        Assert.Contains(".gif", error.Message);
    }

    [Fact]
    public void Classes_that_a_run_does_not_have_and_runs_named_twice_are_wrong_usage()
    {
        RunSet set = Set(new WrittenRun());

        var unknown = Assert.Throws<UsageException>(() => set.Show(["rar"]));
        var twice = Assert.Throws<UsageException>(() => RunSet.Read([set.Runs[0].History.Path, this["run 1/."]]));

        Assert.Contains("classes: there is no class 'rar'", unknown.Message);
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

    private static WrittenRun Swept(double alpha, double beta, ulong seed, double accuracy)
    {
        var run = new WrittenRun { Accuracy = accuracy };
        Recipe recipe = (run.Recipe with { Seed = seed }).With(new Mfw { Alpha = alpha, Beta = beta });
        return run with { Recipe = recipe };
    }

    /// <summary>Whether there is anything but black, grey and white in some columns of a picture.</summary>
    private static bool HasColour(SkiaSharp.SKBitmap picture, int left, int width) =>
        Enumerable
            .Range(left, width)
            .SelectMany(x => Enumerable.Range(0, picture.Height).Select(y => picture.GetPixel(x, y)))
            .Any(pixel => Math.Abs(pixel.Green - pixel.Red) > 50 || Math.Abs(pixel.Green - pixel.Blue) > 50);
}
