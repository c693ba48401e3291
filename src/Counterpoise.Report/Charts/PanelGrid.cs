namespace Counterpoise.Report.Charts;

/// <summary>Panels row by row below a title, as they are drawn for print and on pages.</summary>
/// <param name="Title">What they show, in a few words.</param>
/// <param name="Panels">The panels, row by row.</param>
/// <param name="Columns">How many panels stand beside each other where there is room.</param>
internal sealed record PanelGrid(string Title, IReadOnlyList<Panel> Panels, int Columns)
{
    /// <summary>The width of a panel in print, in pixels.</summary>
    internal int PanelWidth => Columns == 1 ? 1200 : 900;
}
