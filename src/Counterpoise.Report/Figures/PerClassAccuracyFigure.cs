using Counterpoise.Basics;
using Counterpoise.Report.Charts;
using ScottPlot;

namespace Counterpoise.Report.Figures;

/// <summary>Test accuracy of every class as bars, methods side by side, classes in order of their training images.</summary>
public static class PerClassAccuracyFigure
{
    /// <summary>Draws the figure as a PNG or SVG, by the file's ending, whole or not at all.</summary>
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
    ) => Of(title, classes, counts, methods).Save(path);

    internal static Plot Draw(
        string title,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Accuracy)> methods
    ) => PlottedFigure.Plot(Of(title, classes, counts, methods).Panels[0]);

    private static Figure Of(
        string title,
        IReadOnlyList<string> classes,
        IReadOnlyList<int> counts,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Accuracy)> methods
    )
    {
        int[] order = [.. Enumerable.Range(0, classes.Count).OrderByDescending(c => counts[c]).ThenBy(c => c)];
        return new Figure(
            title,
            "Classes in order of their training images.",
            new BarPanel(
                "",
                "class (training images)",
                new Axis("test accuracy (%)") { Min = 0, Max = 100 },
                [.. order.Select(c => new Category(classes[c], $"{counts[c]}"))],
                [
                    .. methods.Select(
                        (method, i) => new Series(method.Name, [.. order.Select(c => method.Accuracy[c])], i)
                    ),
                ]
            )
        );
    }
}
