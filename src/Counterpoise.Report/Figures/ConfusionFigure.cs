using Counterpoise.Metrics;
using Counterpoise.Report.Charts;
using Counterpoise.Runs;

namespace Counterpoise.Report.Figures;

/// <summary>Which classes are taken for which: counts of test images, coloured by their share of the true class.</summary>
internal static class ConfusionFigure
{
    private const int MostClasses = 100;
    private const int ChosenClasses = 30;
    private const int MostSideBySide = 12;

    /// <param name="set">The runs.</param>
    /// <param name="byPrediction">Whether colours are shares of predictions of a class, and not of its images.</param>
    internal static Figure? Of(RunSet set, bool byPrediction)
    {
        if (set.Runs.Any(run => run.History.Statistics is null))
        {
            return null;
        }

        int classes = set.Runs[0].History.Classes.Count;
        string choice =
            classes > MostClasses ? $" The {ChosenClasses} of {classes} classes with the most mistakes." : "";
        string share = byPrediction
            ? "the column: on the diagonal it is the class's precision"
            : "the row: on the diagonal it is the class's recall";
        return new Figure(
            byPrediction ? "Confusion matrix, by what is predicted" : "Confusion matrix",
            "Test images of a class (row) by predicted class (column): the number is the count, the colour its share of "
                + $"{share}. Classes in order of their training images.{choice}",
            [.. set.Runs.Select(run => Panel(run.History, set.Runs.Count == 1 ? "" : run.Name, byPrediction))]
        )
        {
            Columns = classes <= MostSideBySide ? ClassChoice.Columns(set) : 1,
        };
    }

    private static MatrixPanel Panel(RunHistory run, string name, bool byPrediction)
    {
        ConfusionMatrix matrix = run.Statistics!.Confusion;
        IReadOnlyList<int> classes = Chosen(run, matrix);
        return new MatrixPanel(
            name,
            "true class",
            $"predicted class (colour: share of the {(byPrediction ? "column" : "row")})",
            [.. classes.Select(c => run.Classes[c])],
            [.. classes.Select(label => (int[])[.. classes.Select(predicted => matrix[label, predicted])])],
            [.. classes.Select(c => byPrediction ? matrix.Predictions(c) : matrix.Images(c))]
        )
        {
            ByColumn = byPrediction,
        };
    }

    /// <summary>All classes in order of size, or of very many those with the most mistakes.</summary>
    private static IReadOnlyList<int> Chosen(RunHistory run, ConfusionMatrix matrix)
    {
        if (run.Classes.Count <= MostClasses)
        {
            return run.BySize;
        }

        var chosen = run.BySize.OrderByDescending(c => matrix.Images(c) - matrix[c, c]).Take(ChosenClasses).ToHashSet();
        return [.. run.BySize.Where(chosen.Contains)];
    }
}
