namespace Counterpoise.Reproduction;

/// <summary>One number of the paper: a method on a version of a data set.</summary>
/// <param name="Set">The version, such as <c>C10-LT</c>; what <c>--only</c> chooses by.</param>
/// <param name="Row">The method as the paper's table names it.</param>
/// <param name="Recipe">The name of the recipe that trains it, of <see cref="ReadyRecipes"/>.</param>
/// <param name="Accuracy">Test accuracy in percent as the paper reports it; null where it gives no number.</param>
internal sealed record PaperCell(string Set, string Row, string Recipe, double? Accuracy)
{
    /// <summary>The data set that the recipe is for.</summary>
    public PaperData Data =>
        Set.StartsWith("C100", StringComparison.Ordinal) ? PaperData.Cifar100
        : Set.StartsWith("C10", StringComparison.Ordinal) ? PaperData.Cifar10
        : PaperData.ImageNetLt;
}

/// <summary>A table or figure of the paper.</summary>
/// <param name="Name">What it is asked for by, such as <c>table8</c>.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Cells">Its numbers, or the runs that a figure is drawn from.</param>
/// <param name="Figures">The figures that are drawn from the runs, as <c>analyze --figures</c> names them; none for a table.</param>
internal sealed record PaperTable(
    string Name,
    string Title,
    IReadOnlyList<PaperCell> Cells,
    IReadOnlyList<string>? Figures = null
);
