using System.Text;
using Counterpoise.Report.Svg;

namespace Counterpoise.Report.Reports;

/// <summary>A table that scrolls where it is wider than the page, below a caption that does not.</summary>
internal static class HtmlTable
{
    internal static void Write(StringBuilder page, ReportTable table)
    {
        bool headed = table.Columns.Any(column => column.Length > 0);
        string Css(int column) => column < table.WordColumns ? "" : " class=\"n\"";
        page.Append($"<p class=\"caption\">{Escape(table.Caption)}</p>\n");
        page.Append(
            $"<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{Escape(table.Caption)}\"><table{(headed ? "" : " class=\"facts-table\"")}>\n"
        );
        if (headed)
        {
            page.Append("<thead><tr>");
            page.AppendJoin(
                "",
                table.Columns.Select((column, i) => $"<th scope=\"col\"{Css(i)}>{Escape(column)}</th>")
            );
            page.Append("</tr></thead>\n");
        }

        page.Append("<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            page.Append($"<tr><th scope=\"row\"><bdi>{Escape(row[0])}</bdi></th>");
            page.AppendJoin("", row.Skip(1).Select((cell, i) => $"<td{Css(i + 1)}>{Escape(cell)}</td>"))
                .Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static string Escape(string text) => SvgDrawing.Escape(text);
}
