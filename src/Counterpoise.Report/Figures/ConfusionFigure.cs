using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Which classes are taken for which: counts of test images, coloured by their share of the true class.</summary>
internal static class ConfusionFigure
{
    private const int MostClasses = 100;
    private const int ChosenClasses = 30;

    internal static Figure? Of(IReadOnlyList<RunHistory> runs)
    {
        if (!runs.All(run => run.Statistics?.Confusion is not null))
        {
            return null;
        }

        IReadOnlyList<string> names = RunLabels.Of(runs);
        string choice =
            runs[0].Classes.Count > MostClasses
                ? $" The {ChosenClasses} of {runs[0].Classes.Count} classes with the most mistakes."
                : "";
        return new Figure(
            "Confusion matrix",
            "Test images of a class (row) by predicted class (column): the number is the count, the colour its share of "
                + $"the row. Classes in order of their training images.{choice}",
            [.. runs.Select((run, i) => Panel(run, runs.Count == 1 ? "" : names[i]))]
        );
    }

    private static MatrixPanel Panel(RunHistory run, string name)
    {
        IReadOnlyList<(int Label, int Predicted, int Images)> cells = run.Statistics!.Confusion!;
        IReadOnlyList<int> classes = Chosen(run, cells);
        var place = classes.Select((c, i) => (c, i)).ToDictionary(pair => pair.c, pair => pair.i);
        int[][] counts = [.. classes.Select(_ => new int[classes.Count])];
        int[] images = new int[classes.Count];
        foreach ((int label, int predicted, int count) in cells.Where(cell => place.ContainsKey(cell.Label)))
        {
            images[place[label]] += count;
            if (place.TryGetValue(predicted, out int column))
            {
                counts[place[label]][column] += count;
            }
        }

        return new MatrixPanel(
            name,
            "true class",
            "predicted class (colour: share of the row)",
            [.. classes.Select(c => run.Classes[c])],
            counts,
            images
        );
    }

    /// <summary>All classes in order of size, or of very many those with the most mistakes.</summary>
    private static IReadOnlyList<int> Chosen(
        RunHistory run,
        IReadOnlyList<(int Label, int Predicted, int Images)> cells
    )
    {
        if (run.Classes.Count <= MostClasses)
        {
            return run.BySize;
        }

        int[] mistakes = new int[run.Classes.Count];
        foreach ((int label, _, int count) in cells.Where(cell => cell.Label != cell.Predicted))
        {
            mistakes[label] += count;
        }

        var chosen = run.BySize.OrderByDescending(c => mistakes[c]).Take(ChosenClasses).ToHashSet();
        return [.. run.BySize.Where(chosen.Contains)];
    }
}
