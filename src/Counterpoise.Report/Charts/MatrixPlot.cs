using ScottPlot;

namespace Counterpoise.Report.Charts;

/// <summary>Draws a matrix of counts, the darker the larger its share of the row.</summary>
internal static class MatrixPlot
{
    private const int MostNumbered = 30;
    private const int MostNamed = 40;

    internal static Plot Draw(MatrixPanel panel)
    {
        int size = panel.Names.Count;
        Plot plot = FigureStyle.Create(panel.Title, panel.ColumnLabel, panel.RowLabel);
        double[,] shares = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                shares[row, column] = panel.Share(row, column);
            }
        }

        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Greens().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 1);
        if (size <= MostNumbered)
        {
            AddNumbers(plot, panel);
        }

        NameBoth(plot, panel.Names);
        plot.Axes.SetLimits(-0.5, size - 0.5, -0.5, size - 0.5);
        plot.HideGrid();
        ScottPlot.Panels.ColorBar bar = plot.Add.ColorBar(map);
        bar.Axis.TickLabelStyle.FontSize = FigureStyle.TickSize;
        bar.Axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [0, 0.25, 0.5, 0.75, 1],
            ["0", "0.25", "0.5", "0.75", "1"]
        );
        bar.Axis.MinimumSize = 90; // The numbers would touch the edge otherwise.
        return plot;
    }

    private static void AddNumbers(Plot plot, MatrixPanel panel)
    {
        int size = panel.Names.Count;
        float fontSize = size <= 12 ? 20 : 13;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                if (panel.Counts[row][column] > 0)
                {
                    ScottPlot.Plottables.Text text = plot.Add.Text(
                        $"{panel.Counts[row][column]}",
                        column,
                        size - 1 - row
                    );
                    text.LabelFontSize = fontSize;
                    text.LabelAlignment = Alignment.MiddleCenter;
                    text.LabelFontColor = panel.IsDark(row, column) ? Colors.White : Colors.Black;
                }
            }
        }
    }

    private static void NameBoth(Plot plot, IReadOnlyList<string> names)
    {
        int step = (names.Count + MostNamed - 1) / MostNamed;
        double[] places = [.. Enumerable.Range(0, names.Count).Where(i => i % step == 0).Select(i => (double)i)];
        string[] shown = [.. places.Select(place => FigureStyle.Shorten(names[(int)place]))];
        float fontSize = names.Count <= 12 ? FigureStyle.TickSize : 15;
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.MajorTickStyle.Length = 0;
            axis.TickLabelStyle.FontSize = fontSize;
        }

        // The first row is at the top.
        double[] heights = [.. places.Select(place => names.Count - 1 - place)];
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(heights, shown);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(places, shown);
        FigureStyle.PutOnEnd(plot.Axes.Bottom, shown);
    }
}
