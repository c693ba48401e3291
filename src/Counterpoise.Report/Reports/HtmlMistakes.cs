using System.Text;
using Counterpoise.Metrics;
using Counterpoise.Report.Svg;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>The surest mistakes on the test images of the worst classes, with their pictures.</summary>
internal static class HtmlMistakes
{
    internal static void Write(StringBuilder page, RunHistory run)
    {
        page.Append("<div class=\"mistakes\">\n");
        foreach (IGrouping<int, Mistake> ofClass in (run.Statistics?.Mistakes ?? []).GroupBy(mistake => mistake.Label))
        {
            string accuracy = run.Test?.PerClassAccuracy[ofClass.Key] is { } percent ? $"{percent:F1} % right, " : "";
            page.Append(
                $"<div><h4><bdi>{Escape(run.Classes[ofClass.Key])}</bdi> <span class=\"quiet\">{accuracy}{run.ClassCounts[ofClass.Key]} training images</span></h4>\n<ul class=\"pictures\">\n"
            );
            foreach (Mistake mistake in ofClass)
            {
                Write(page, run, mistake);
            }

            page.Append("</ul></div>\n");
        }

        page.Append("</div>\n");
    }

    private static void Write(StringBuilder page, RunHistory run, Mistake mistake)
    {
        string predicted = run.Classes[mistake.Predicted];
        string told = Escape($"Test image {mistake.Image}: {run.Classes[mistake.Label]} taken for {predicted}");
        page.Append("<li>");
        page.Append(
            MistakePicture.Of(run, mistake.Image) is { } png
                ? $"<img alt=\"{told}\" width=\"96\" height=\"96\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">"
                : $"<span class=\"no-picture\" role=\"img\" aria-label=\"{told}; no picture\">no picture</span>"
        );
        page.Append(
            $"<span><span class=\"quiet\">taken for</span> <bdi class=\"wrong\">{Escape(predicted)}</bdi></span><span class=\"quiet\">{100 * mistake.Confidence:F0} % sure · image {mistake.Image}</span></li>\n"
        );
    }

    private static string Escape(string text) => SvgDrawing.Escape(text);
}
