using System.Globalization;
using System.Net;
using System.Text;

namespace Counterpoise.Report.Html;

/// <summary>A line or a group of bars of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">X and Y; bars have the category's index as X. Points without Y are left out.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double? Y)> Points);

/// <summary>Charts as SVG within HTML: every point and bar tells its value on hover, without a script.</summary>
internal static class SvgChart
{
    private const double Width = 800;
    private const double Height = 300;
    private const double Left = 56;
    private const double Bottom = 44;
    private const double Top = 10;
    private const int Ticks = 5;
    private const int Colours = 6;

    /// <summary>Bars of several series side by side.</summary>
    /// <param name="title">What is drawn, for screen readers.</param>
    /// <param name="categories">The name below each group.</param>
    /// <param name="series">The series.</param>
    /// <param name="most">The end of the axis; null for the largest value.</param>
    internal static string Bars(
        string title,
        IReadOnlyList<string> categories,
        IReadOnlyList<ChartSeries> series,
        double? most = null
    )
    {
        (double top, double step) = Axis(series, most);
        double group = (Width - Left) / Math.Max(1, categories.Count);
        double bar = group * 0.8 / Math.Max(1, series.Count);
        var svg = Begin(title, top, step);
        for (int s = 0; s < series.Count; s++)
        {
            foreach ((double x, double? y) in series[s].Points.Where(point => point.Y is not null))
            {
                double height = (Height - Bottom - Top) * Math.Min(y!.Value, top) / top;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect class=\"c{s % Colours}\" x=\"{Left + (x * group) + (group * 0.1) + (s * bar):F1}\" y=\"{Height - Bottom - height:F1}\" width=\"{bar * 0.94:F1}\" height=\"{height:F1}\"><title>{Escape(series[s].Name)}, {Escape(categories[(int)x])}: {y.Value:G4}</title></rect>"
                );
            }
        }

        int every = Math.Max(1, categories.Count / 12);
        for (int i = 0; i < categories.Count; i += every)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left + ((i + 0.5) * group):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Escape(Shortened(categories[i]))}</text>"
            );
        }

        return End(svg, series);
    }

    /// <summary>Lines over epochs.</summary>
    /// <param name="title">What is drawn, for screen readers.</param>
    /// <param name="series">The series.</param>
    /// <param name="most">Values above this are drawn at it; null for the largest value.</param>
    internal static string Curves(string title, IReadOnlyList<ChartSeries> series, double? most = null)
    {
        (double top, double tick) = Axis(series, most);
        double last = series.SelectMany(s => s.Points).Select(point => point.X).DefaultIfEmpty(1).Max();
        double X(double x) => Left + 8 + ((Width - Left - 20) * (x - 1) / Math.Max(1, last - 1));
        double Y(double y) => Height - Bottom - ((Height - Bottom - Top) * Math.Min(y, top) / top);
        var svg = Begin(title, top, tick);
        for (int s = 0; s < series.Count; s++)
        {
            (double X, double Y)[] points =
            [
                .. series[s].Points.Where(point => point.Y is not null).Select(point => (point.X, point.Y!.Value)),
            ];
            string line = string.Join(
                ' ',
                points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}"))
            );
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"l{s % Colours}\" points=\"{line}\"/>");
            foreach ((double x, double y) in points)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle class=\"c{s % Colours}\" cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"4\"><title>{Escape(series[s].Name)}, epoch {x:F0}: {y:G4}</title></circle>"
                );
            }
        }

        int step = Math.Max(1, (int)Math.Ceiling(last / 12));
        for (int epoch = 1; epoch <= last; epoch += step)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(epoch):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{(Width + Left) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">epoch</text>"
        );
        return End(svg, series);
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static StringBuilder Begin(string title, double top, double step)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<figure><figcaption>{Escape(title)}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(title)}\">"
        );
        for (int i = 0; i <= Math.Round(top / step); i++)
        {
            double y = Height - Bottom - ((Height - Bottom - Top) * i * step / top);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/><text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{i * step:G3}</text>"
            );
        }

        return svg;
    }

    private static string End(StringBuilder svg, IReadOnlyList<ChartSeries> series)
    {
        svg.Append("</svg><ul class=\"legend\">");
        for (int s = 0; s < series.Count; s++)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<li><svg viewBox=\"0 0 24 12\" aria-hidden=\"true\"><line class=\"l{s % Colours}\" x1=\"0\" x2=\"24\" y1=\"6\" y2=\"6\"/></svg>{Escape(series[s].Name)}</li>"
            );
        }

        return svg.Append("</ul></figure>\n").ToString();
    }

    /// <summary>The end of the axis and the distance of its ticks, which is 1, 2, 2.5 or 5 times a power of ten.</summary>
    private static (double Top, double Step) Axis(IReadOnlyList<ChartSeries> series, double? most)
    {
        double largest = series.SelectMany(s => s.Points).Max(point => point.Y) ?? 1;
        largest = Math.Min(largest > 0 ? largest : 1, most ?? double.PositiveInfinity);
        double power = Math.Pow(10, Math.Floor(Math.Log10(largest / Ticks)));
        double step =
            new[] { 1, 2, 2.5, 5, 10 }.First(factor => factor * power * Ticks >= largest * (1 - 1e-9)) * power;
        return (Math.Ceiling((largest / step) - 1e-9) * step, step);
    }

    private static string Shortened(string name) => name.Length <= 10 ? name : name[..9] + "…";
}
