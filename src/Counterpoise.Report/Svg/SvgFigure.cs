using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Figures as SVG: for a page, where every mark tells its value, and as files.</summary>
internal static class SvgFigure
{
    private const int FileWidth = 760;
    private const int FileWidthOfTwo = 1080;
    private const int SmallestPanel = 320;
    private const int Gap = 24;

    /// <summary>The look of marks in a file; a page brings its own, with the same classes.</summary>
    private static string FileStyle =>
        "text{font:12px sans-serif;fill:#111}.title{font-size:15px;font-weight:bold}.panel{font-weight:bold}"
        + ".grid{stroke:#ddd}.axis{stroke:#333}.level{stroke:#111;stroke-dasharray:6 4}.curve{fill:none;stroke-width:2}"
        + ".cross{fill:none;stroke-width:1.5}.pale{fill-opacity:.35}.cell{fill:#00573f}.number.on{fill:#fff}.error{stroke-width:1.2}.fn{fill:#c3cad1}"
        + string.Concat(Palette.Colours.Select((colour, i) => $".f{i}{{fill:{colour}}}.l{i}{{stroke:{colour}}}"));

    /// <summary>The figure as an SVG file for print.</summary>
    internal static string File(PanelGrid grid)
    {
        SvgDrawing drawing = Draw(grid, grid.Columns == 1 ? FileWidth : FileWidthOfTwo, grid.Title);
        return drawing.Finish(grid.Title, "style=\"background:#fff\"", $"<style>{FileStyle}</style>");
    }

    /// <summary>The figure as an element of a page, drawn for a width in pixels.</summary>
    internal static string Element(PanelGrid grid, string description, int width, string css) =>
        Draw(grid, width, "").Finish(description, $"class=\"{css}\" tabindex=\"0\"");

    private static SvgDrawing Draw(PanelGrid grid, int width, string title)
    {
        var drawing = new SvgDrawing(width);
        if (title.Length > 0)
        {
            drawing.Bottom = 20;
            drawing.Text(0, drawing.Bottom, title, css: "title");
            drawing.Bottom += 8;
        }

        int columns = Math.Clamp(width / SmallestPanel, 1, grid.Columns);
        int panelWidth = (width - ((columns - 1) * Gap)) / columns;
        foreach (Panel[] row in grid.Panels.Chunk(columns))
        {
            drawing.Append([.. row.Select(panel => Draw(panel, panelWidth))], Gap);
            drawing.Bottom += 12;
        }

        return drawing;
    }

    private static SvgDrawing Draw(Panel panel, int width)
    {
        var drawing = new SvgDrawing(width);
        if (panel.Title.Length > 0)
        {
            drawing.Bottom += 18;
            drawing.Text(0, drawing.Bottom, panel.Title, css: "panel");
            drawing.Bottom += 4;
        }

        switch (panel)
        {
            case LinePanel lines:
                SvgLines.Draw(drawing, lines);
                break;
            case BarPanel bars:
                SvgBars.Draw(drawing, bars);
                break;
            case MatrixPanel matrix:
                SvgMatrix.Draw(drawing, matrix);
                break;
            case PointPanel points:
                SvgPoints.Draw(drawing, points);
                break;
        }

        return drawing;
    }
}
