using Counterpoise.Report.Charts;

namespace Counterpoise.Report.Svg;

/// <summary>Draws a matrix of counts as SVG.</summary>
internal static class SvgMatrix
{
    private const double LargestCell = 44;
    private const double SmallestNumbered = 20;

    // The share of the width that names may take.
    private const double MostOfNames = 0.3;

    internal static void Draw(SvgDrawing drawing, MatrixPanel panel)
    {
        int size = panel.Names.Count;
        int room = (int)(drawing.Width * MostOfNames / SvgDrawing.WidthOf("m"));
        string[] names = [.. panel.Names.Select(name => FigureStyle.Shorten(name, room))];
        double longest = names.Max(SvgDrawing.WidthOf);
        double left = longest + 26;
        double cell = Math.Min(LargestCell, (drawing.Width - left - 4) / size);
        double top = drawing.Bottom + 8;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                int count = panel.Counts[row][column];
                if (count > 0)
                {
                    DrawCell(drawing, panel, (row, column), left + (column * cell), top + (row * cell), cell);
                }
            }
        }

        int step = (int)Math.Ceiling((SvgDrawing.FontSize + 1) / cell);
        double bottom = top + (size * cell);
        for (int i = 0; i < size; i += step)
        {
            double middle = ((i + 0.5) * cell) + 4;
            drawing.Text(left - 6, top + middle, names[i], "end");
            drawing.Text(left + middle, bottom + 8, names[i], "end", turn: -90);
        }

        drawing.Line(left, bottom, left + (size * cell), bottom, "axis");
        drawing.Line(left, top, left, bottom, "axis");
        drawing.Text(12, (top + bottom) / 2, panel.RowLabel, "middle", "axis-name", turn: -90);
        drawing.Bottom = bottom + longest + 32;
        drawing.Text(left, drawing.Bottom - 6, panel.ColumnLabel, css: "axis-name");
    }

    private static void DrawCell(
        SvgDrawing drawing,
        MatrixPanel panel,
        (int Row, int Column) place,
        double x,
        double y,
        double cell
    )
    {
        int count = panel.Counts[place.Row][place.Column];
        double share = panel.Share(place.Row, place.Column);
        drawing.Cell(
            x,
            y,
            cell,
            share,
            $"{panel.Names[place.Row]} taken for {panel.Names[place.Column]}: {count} of {panel.Images[place.Row]} ({share:P0})"
        );
        if (cell >= SmallestNumbered && SvgDrawing.WidthOf($"{count}") < cell)
        {
            drawing.Text(
                x + (cell / 2),
                y + (cell / 2) + 4,
                $"{count}",
                "middle",
                panel.IsDark(place.Row, place.Column) ? "number on" : "number"
            );
        }
    }
}
