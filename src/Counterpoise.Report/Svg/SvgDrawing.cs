using System.Globalization;
using System.Net;
using System.Text;
using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Writes SVG elements. Colours come from classes, so that the page decides on light and dark.</summary>
internal sealed class SvgDrawing
{
    internal const int FontSize = 12;

    // Mean width of a character of a sans-serif, as a share of its size.
    private const double CharacterWidth = 0.56;

    private readonly StringBuilder text = new();

    internal SvgDrawing(int width) => Width = width;

    internal int Width { get; }

    /// <summary>How far down something has been drawn.</summary>
    internal double Bottom { get; set; }

    internal static double WidthOf(string label) => label.Length * FontSize * CharacterWidth;

    internal void Text(double x, double y, string label, string anchor = "start", string css = "", int turn = 0)
    {
        string rotated = turn == 0 ? "" : FormattableString.Invariant($" transform=\"rotate({turn} {x:0.#} {y:0.#})\"");
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\"");
        text.Append(css.Length == 0 ? "" : $" class=\"{css}\"")
            .Append(rotated)
            .Append('>')
            .Append(Escape(label))
            .Append("</text>");
    }

    internal void Line(double x1, double y1, double x2, double y2, string css) =>
        Add($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{css}\"/>");

    internal void Curve(IReadOnlyList<(double X, double Y)> points, int style)
    {
        if (points.Count > 0)
        {
            text.Append("<path class=\"curve l").Append(Css(style)).Append("\" d=\"M");
            text.AppendJoin('L', points.Select(p => FormattableString.Invariant($"{p.X:0.#},{p.Y:0.#}"))).Append('"');
            string dash = Palette.Dashes[style % Palette.Dashes.Count];
            text.Append(dash.Length == 0 ? "/>" : $" stroke-dasharray=\"{dash}\"/>");
        }
    }

    /// <summary>A dot that tells its value.</summary>
    internal void Dot(double x, double y, int style, string tip, double radius = 2.5)
    {
        Add($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" class=\"mark f{Css(style)}\">");
        Tip(tip, "circle");
    }

    /// <summary>A cross that tells its value.</summary>
    internal void Cross(double x, double y, int style, string tip)
    {
        Add($"<path class=\"mark cross l{Css(style)}\" d=\"M{x - 3:0.#},{y - 3:0.#}l6,6m0,-6l-6,6\">");
        Tip(tip, "path");
    }

    /// <summary>An open circle that tells its value.</summary>
    internal void Ring(double x, double y, int style, string tip)
    {
        Add($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3\" class=\"mark cross l{Css(style)}\">");
        Tip(tip, "circle");
    }

    /// <summary>A bar that tells its value; every other style is paler, for grey print.</summary>
    internal void Bar(double x, double y, double width, double height, int style, string? tip)
    {
        Add($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.##}\" height=\"{Math.Max(0, height):0.#}\" ");
        text.Append(tip is null ? "" : "class=\"mark")
            .Append(tip is null ? "class=\"" : " ")
            .Append('f')
            .Append(Css(style));
        text.Append(style % 2 == 1 ? " pale l" + Css(style) + "\"" : "\"");
        if (tip is null)
        {
            text.Append("/>");
        }
        else
        {
            text.Append('>');
            Tip(tip, "rect");
        }
    }

    /// <summary>A cell of a matrix, the stronger its share.</summary>
    internal void Cell(double x, double y, double size, double share, string tip)
    {
        Add(
            $"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{size:0.##}\" height=\"{size:0.##}\" class=\"mark cell\" fill-opacity=\"{share:0.##}\">"
        );
        Tip(tip, "rect");
    }

    /// <summary>The names of series with their marks, as many side by side as fit.</summary>
    internal void Legend(IEnumerable<(string Name, int Style, LegendSymbol Symbol)> series)
    {
        const int line = 18;
        const int sample = 30;
        double x = 0;
        Bottom += line;
        foreach ((string name, int style, LegendSymbol symbol) in series)
        {
            double width = sample + WidthOf(name) + 18;
            if (x > 0 && x + width > Width)
            {
                x = 0;
                Bottom += line;
            }

            switch (symbol)
            {
                case LegendSymbol.Bar:
                    Bar(x, Bottom - 10, 20, 10, style, null);
                    break;
                case LegendSymbol.Line:
                    Curve([(x, Bottom - 4), (x + 24, Bottom - 4)], style);
                    break;
                case LegendSymbol.Ring:
                    Ring(x + 10, Bottom - 4, style, name);
                    break;
            }

            Text(x + sample, Bottom, name);
            x += width;
        }

        Bottom += 8;
    }

    /// <summary>Puts drawings side by side below what there is.</summary>
    internal void Append(IReadOnlyList<SvgDrawing> drawings, int gap)
    {
        double left = 0;
        foreach (SvgDrawing drawing in drawings)
        {
            Add($"<g transform=\"translate({left:0.#} {Bottom:0.#})\">");
            text.Append(drawing.text).Append("</g>");
            left += drawing.Width + gap;
        }

        Bottom += drawings.Max(drawing => drawing.Bottom);
    }

    /// <summary>The whole as an element that keeps its shape.</summary>
    internal string Finish(string description, string attributes, string style = "") =>
        FormattableString.Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Bottom:0}\" width=\"{Width}\" height=\"{Bottom:0}\" role=\"img\" aria-label=\"{Escape(description)}\" {attributes}>"
        )
        + style
        + text
        + "</svg>\n";

    /// <summary>Text that is safe between tags and in attributes, without characters that XML forbids.</summary>
    internal static string Escape(string value) =>
        WebUtility.HtmlEncode(
            string.Concat(value.ReplaceLineEndings(" ").Select(c => char.IsControl(c) || IsDirection(c) ? '\uFFFD' : c))
        );

    // Marks that turn the direction of what follows could make a name look like another.
    private static bool IsDirection(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static string Css(int style) => style == Palette.Neutral ? "n" : $"{style % Palette.Colours.Count}";

    private void Tip(string tip, string element) =>
        text.Append("<title>").Append(Escape(tip)).Append("</title></").Append(element).Append('>');

    private void Add(FormattableString element) => text.Append(element.ToString(CultureInfo.InvariantCulture));
}

/// <summary>What stands beside a name in a legend.</summary>
internal enum LegendSymbol
{
    /// <summary>A piece of a line.</summary>
    Line,

    /// <summary>A piece of a bar.</summary>
    Bar,

    /// <summary>An open circle.</summary>
    Ring,
}
