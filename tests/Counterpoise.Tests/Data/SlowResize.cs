using Counterpoise.Data.Pixels;

namespace Counterpoise.Tests.Data;

/// <summary>A triangle filter that widens as the image shrinks, in double precision, a pixel at a time.</summary>
internal static class SlowResize
{
    /// <param name="source">The value at a column and a row.</param>
    /// <param name="size">The source's size.</param>
    /// <param name="target">Height and width of the result.</param>
    /// <param name="column">A column of the result.</param>
    /// <param name="row">A row of the result.</param>
    public static double At(Func<int, int, byte> source, PixelSize size, int target, int column, int row)
    {
        double[] across = Weights(size.Width, target, column);
        double[] down = Weights(size.Height, target, row);
        double sum = 0;
        for (int y = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                sum += across[x] * down[y] * source(x, y);
            }
        }

        return sum;
    }

    private static double[] Weights(int from, int to, int target)
    {
        double reach = Math.Max(1, (double)from / to);
        double centre = (target + 0.5) * from / to;
        double[] weights =
        [
            .. Enumerable.Range(0, from).Select(i => Math.Max(0, 1 - (Math.Abs(i + 0.5 - centre) / reach))),
        ];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
