using Counterpoise.Runs;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Counterpoise.Report;

/// <summary>Test accuracy of every class as bars, methods side by side, classes in order of their training images.</summary>
public static class PerClassAccuracyFigure
{
    private const int Width = 1200;
    private const int Height = 600;
    private const double GroupWidth = 0.8;

    // Okabe and Ito's palette: distinguishable with every common colour-vision deficiency, and in grey.
    private static readonly string[] Palette = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"];

    /// <summary>Draws the figure as a PNG, whole or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">The title.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="counts">The number of training images of every class.</param>
    /// <param name="methods">Each method's name and the test accuracy of every class in percent; null where unknown.</param>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public static void Save(
        string path,
        string title,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Accuracy)> methods
    )
    {
        byte[] png = Draw(title, classes, counts, methods).GetImageBytes(Width, Height, ImageFormat.Png);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    internal static Plot Draw(
        string title,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Accuracy)> methods
    )
    {
        int[] order = [.. Enumerable.Range(0, classes.Count).OrderByDescending(c => counts[c]).ThenBy(c => c)];
        double barWidth = GroupWidth / methods.Count;
        var plot = new Plot();
        for (int m = 0; m < methods.Count; m++)
        {
            double offset = (m - ((methods.Count - 1) / 2.0)) * barWidth;
            Bar[] bars =
            [
                .. order.Select(
                    (c, place) =>
                        new Bar
                        {
                            Position = place + offset,
                            Value = methods[m].Accuracy[c] ?? 0,
                            Size = barWidth * 0.95,
                            FillColor = Color.FromHex(Palette[m % Palette.Length]),
                            LineWidth = 0,
                        }
                ),
            ];
            plot.Add.Bars(bars).LegendText = methods[m].Name;
        }

        plot.Title(title);
        plot.YLabel("test accuracy (%)");
        plot.XLabel("class (training images)");
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. order.Select((_, place) => (double)place)],
            [.. order.Select(c => $"{classes[c]}\n({counts[c]})")]
        );
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(-0.6, classes.Count - 0.4, 0, 100);
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }
}
