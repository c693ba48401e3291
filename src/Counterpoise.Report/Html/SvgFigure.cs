using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Html;

/// <summary>Figures as SVG: for a page, where every mark tells its value, and as files.</summary>
internal static class SvgFigure
{
    private const int FileWidth = 760;

    /// <summary>The figure as an SVG file for print.</summary>
    internal static string File(Figure figure)
    {
        SvgDrawing drawing = Draw(figure, FileWidth, figure.Title);
        return drawing.Finish(figure.Title, "style=\"background:#fff\"", $"<style>{FileStyle}</style>");
    }

    /// <summary>The figure as an element of a page, drawn for a width in pixels.</summary>
    internal static string Element(Figure figure, int width, string css) =>
        Draw(figure, width, "").Finish($"{figure.Title}. {figure.Caption}", $"class=\"{css}\" tabindex=\"0\"");

    /// <summary>The look of marks in a file; a page brings its own, with the same classes.</summary>
    private static string FileStyle =>
        "text{font:12px sans-serif;fill:#111}.title{font-size:15px;font-weight:bold}.panel{font-weight:bold}"
        + ".grid{stroke:#ddd}.axis{stroke:#333}.level{stroke:#111;stroke-dasharray:6 4}.curve{fill:none;stroke-width:2}"
        + ".cross{fill:none;stroke-width:1.5}.pale{fill-opacity:.35}.cell{fill:#00573f}.on{fill:#fff}.error{stroke-width:1.2}.fn{fill:#c3cad1}"
        + string.Concat(Palette.Colours.Select((colour, i) => $".f{i}{{fill:{colour}}}.l{i}{{stroke:{colour}}}"));

    private static SvgDrawing Draw(Figure figure, int width, string title)
    {
        var drawing = new SvgDrawing(width);
        if (title.Length > 0)
        {
            drawing.Bottom = 20;
            drawing.Text(0, drawing.Bottom, title, css: "title");
            drawing.Bottom += 8;
        }

        foreach (Panel panel in figure.Panels)
        {
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

            drawing.Bottom += 12;
        }

        return drawing;
    }
}
