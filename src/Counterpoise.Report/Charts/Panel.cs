namespace Counterpoise.Report.Charts;

/// <summary>What a figure shows in one frame, apart from how it is drawn.</summary>
/// <param name="Title">What is above the frame; empty for nothing.</param>
internal abstract record Panel(string Title)
{
    /// <summary>The height of the frame in a printed figure in pixels.</summary>
    internal virtual int Height => 480;
}

/// <summary>An axis.</summary>
/// <param name="Label">Quantity and unit.</param>
internal sealed record Axis(string Label)
{
    /// <summary>The lower end; null lets the values decide.</summary>
    internal double? Min { get; init; }

    /// <summary>The upper end; values above it are drawn at it. Null lets the values decide.</summary>
    internal double? Max { get; init; }

    /// <summary>Whether equal ratios have equal lengths; values of 0 or less are left out.</summary>
    internal bool Logarithmic { get; init; }

    /// <summary>Whether a value can be drawn.</summary>
    internal bool Shows(double value) => double.IsFinite(value) && (!Logarithmic || value > 0);

    /// <summary>Where a value is drawn, in units of the axis.</summary>
    internal double Place(double value)
    {
        double clamped = Math.Min(value, Max ?? value);
        return Logarithmic ? Math.Log10(clamped) : clamped;
    }
}

/// <summary>Lines over numbers.</summary>
internal sealed record LinePanel(string Title, Axis X, Axis Y, IReadOnlyList<Line> Lines) : Panel(Title)
{
    /// <summary>A dashed horizontal line at this value; null for none.</summary>
    internal double? Level { get; init; }

    /// <summary>Whether a dashed line goes from corner to corner, where x equals y.</summary>
    internal bool Diagonal { get; init; }

    internal override int Height => Diagonal ? 800 : 480;
}

/// <summary>A line.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points in order of x.</param>
/// <param name="Style">The number of its colour, pattern and marker.</param>
internal sealed record Line(string Name, IReadOnlyList<LinePoint> Points, int Style);

/// <summary>A point of a line.</summary>
/// <param name="X">Its x.</param>
/// <param name="Y">Its y.</param>
/// <param name="Spread">Half the length of its error bar, 0 for none.</param>
/// <param name="Note">What else is to be said about it, such as what it is made from.</param>
internal readonly record struct LinePoint(double X, double Y, double Spread = 0, string Note = "");

/// <summary>Groups of bars over categories, and lines over the same categories with an axis of their own.</summary>
internal sealed record BarPanel(
    string Title,
    string CategoryLabel,
    Axis Y,
    IReadOnlyList<Category> Categories,
    IReadOnlyList<Series> Bars
) : Panel(Title)
{
    /// <summary>The axis of the lines; null where there are none.</summary>
    internal Axis? LineAxis { get; init; }

    /// <summary>The lines.</summary>
    internal IReadOnlyList<Series> Lines { get; init; } = [];

    /// <summary>More for long names, which stand on end below the bars.</summary>
    internal override int Height =>
        Math.Max(600, 460 + (12 * Categories.Max(category => Math.Min(FigureStyle.LongestName, category.Name.Length))));
}

/// <summary>A category, such as a class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Detail">What stands in brackets below, such as its images.</param>
internal readonly record struct Category(string Name, string Detail);

/// <summary>A value for every category; null where there is none.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Values">The values.</param>
/// <param name="Style">The number of colour, pattern and marker.</param>
internal sealed record Series(string Name, IReadOnlyList<double?> Values, int Style);

/// <summary>Points in the plane, without scales: a t-SNE or PCA of features.</summary>
internal sealed record PointPanel(string Title, IReadOnlyList<PointGroup> Groups) : Panel(Title)
{
    internal override int Height => 800;
}

/// <summary>The points of a class.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Training">Places of training images, drawn as circles.</param>
/// <param name="Test">Places of test images, drawn as crosses.</param>
/// <param name="Style">The number of its colour.</param>
internal sealed record PointGroup(
    string Name,
    IReadOnlyList<(double X, double Y)> Training,
    IReadOnlyList<(double X, double Y)> Test,
    int Style
);

/// <summary>Counts of rows by columns, coloured by their share of the row, or of the column.</summary>
/// <param name="Title">The title.</param>
/// <param name="RowLabel">What the rows are.</param>
/// <param name="ColumnLabel">What the columns are.</param>
/// <param name="Names">The names of rows and of columns.</param>
/// <param name="Counts">The counts, a row of the matrix each.</param>
/// <param name="Images">The sum of every row, or column, those of columns, or rows, that are not shown included.</param>
internal sealed record MatrixPanel(
    string Title,
    string RowLabel,
    string ColumnLabel,
    IReadOnlyList<string> Names,
    IReadOnlyList<IReadOnlyList<int>> Counts,
    IReadOnlyList<int> Images
) : Panel(Title)
{
    internal override int Height => Names.Count <= 12 ? 900 : 1200;

    /// <summary>Whether shares are of columns.</summary>
    internal bool ByColumn { get; init; }

    /// <summary>The share of a row or column, 0 to 1; 0 for one without images.</summary>
    internal double Share(int row, int column) =>
        Images[ByColumn ? column : row] is > 0 and var all ? (double)Counts[row][column] / all : 0;

    /// <summary>Whether a cell is so dark that white is easier to read on it than black.</summary>
    internal bool IsDark(int row, int column) => Share(row, column) > 0.65;
}
