using System.Text;
using Counterpoise.Report.Reports;

namespace Counterpoise.Report.Html;

/// <summary>Mistakes on the test images of a class, with their pictures.</summary>
internal static class HtmlMistakes
{
    internal static void Write(StringBuilder page, MistakenClass mistaken)
    {
        string accuracy = mistaken.Accuracy is { } percent ? $"{percent:F1} % right" : "not tested";
        page.Append(
            $"<h4><bdi>{Escape(mistaken.Name)}</bdi> <span class=\"quiet\">{accuracy}, {mistaken.Images} training images</span></h4>\n<ul class=\"pictures\">\n"
        );
        foreach (Mistake mistake in mistaken.Mistakes)
        {
            string confidence = mistake.Confidence is { } share ? $"{share:P0} sure" : "";
            string told = $"Test image {mistake.Image}: {mistake.Label} taken for {mistake.Predicted}";
            page.Append("<li>");
            page.Append(
                mistake.Picture is { } png
                    ? $"<img alt=\"{Escape(told)}\" width=\"96\" height=\"96\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">"
                    : $"<span class=\"no-picture\" role=\"img\" aria-label=\"{Escape(told)}; no picture\">no picture</span>"
            );
            page.Append(
                $"<span><span class=\"quiet\">taken for</span> <bdi class=\"wrong\">{Escape(mistake.Predicted)}</bdi></span><span class=\"quiet\">{confidence} · image {mistake.Image}</span></li>\n"
            );
        }

        page.Append("</ul>\n");
    }

    private static string Escape(string text) => SvgDrawing.Escape(text);
}
