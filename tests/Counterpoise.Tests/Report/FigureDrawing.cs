using Counterpoise.Report;
using Counterpoise.Report.Charts;
using Counterpoise.Report.Figures;
using Counterpoise.Runs;
using ScottPlot;
using ScottPlot.Plottables;

namespace Counterpoise.Tests.Report;

/// <summary>Draws figures of runs that are written by hand, and looks at the plots.</summary>
public abstract class FigureDrawing : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int written;

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string this[string file] => folder[file];

    private protected RunSet Set(params WrittenRun[] runs) => new([.. runs.Select(Read)]);

    private protected RunHistory Read(WrittenRun run) => RunHistory.Read(run.Write(folder[$"run {++written}"]));

    private protected static Figure Draw(string name, RunSet set)
    {
        Figure? figure = FigureCatalogue.Find(name).Draw(set, out string? missing);
        Assert.True(figure is not null, missing);
        return figure;
    }

    private protected static IReadOnlyList<Plot> Plots(string name, params RunHistory[] runs) =>
        [.. Draw(name, new RunSet(runs)).Panels.Select(PlottedFigure.Plot)];

    private protected static (double X, double Y)[] Points(Scatter line) =>
        [.. line.Data.GetScatterPoints().Select(point => (point.X, point.Y))];

    private protected static string[] TickLabels(Plot plot, IAxis axis)
    {
        plot.RenderInMemory(800, 600);
        return [.. axis.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)];
    }
}
