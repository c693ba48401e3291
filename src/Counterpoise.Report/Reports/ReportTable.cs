namespace Counterpoise.Report.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">The heads of its columns; the first column names the row.</param>
/// <param name="Rows">The cells.</param>
internal sealed record ReportTable(
    string Caption,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows
)
{
    /// <summary>How many columns at the left are words; the others are numbers.</summary>
    internal int WordColumns { get; init; } = 1;
}
