using System.Numerics;

namespace Counterpoise.Results.Embedding;

/// <summary>The nearest other points of every point, found by comparing all pairs.</summary>
/// <remarks>
/// Features have so many dimensions that a tree would visit nearly every point too. Rows are taken in blocks, so that a
/// point that was read from memory serves several of them.
/// </remarks>
internal static class Neighbours
{
    private const int BlockRows = 16;

    /// <summary>The nearest points of every point.</summary>
    /// <param name="points">The points, all of one length.</param>
    /// <param name="count">How many neighbours, below the number of points.</param>
    /// <returns>The neighbours of each point, nearest first, of equally near ones by index.</returns>
    internal static Neighbour[][] Of(IReadOnlyList<float[]> points, int count)
    {
        float[][] all = [.. points];
        Neighbour[][] nearest = new Neighbour[all.Length][];
        Parallel.For(
            0,
            (all.Length + BlockRows - 1) / BlockRows,
            block =>
            {
                int first = block * BlockRows;
                int last = Math.Min(first + BlockRows, all.Length);
                for (int i = first; i < last; i++)
                {
                    nearest[i] = new Neighbour[count];
                    Array.Fill(nearest[i], new Neighbour(-1, double.PositiveInfinity));
                }

                for (int j = 0; j < all.Length; j++)
                {
                    for (int i = first; i < last; i++)
                    {
                        if (i != j)
                        {
                            Offer(nearest[i], new Neighbour(j, SquaredDistance(all[i], all[j])));
                        }
                    }
                }
            }
        );
        return nearest;
    }

    /// <summary>|a - b|^2.</summary>
    internal static double SquaredDistance(float[] a, float[] b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int k = 0;
        for (; k <= a.Length - Vector<float>.Count; k += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(a, k) - new Vector<float>(b, k), out Vector<double> low, out var high);
            sums += (low * low) + (high * high);
        }

        double sum = Vector.Sum(sums);
        for (; k < a.Length; k++)
        {
            double difference = a[k] - b[k];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Takes a point into a sorted row if it is nearer than the farthest one there.</summary>
    private static void Offer(Neighbour[] row, Neighbour offered)
    {
        int place = row.Length;
        while (place > 0 && offered.SquaredDistance < row[place - 1].SquaredDistance)
        {
            place--;
            if (place + 1 < row.Length)
            {
                row[place + 1] = row[place];
            }
        }

        if (place < row.Length)
        {
            row[place] = offered;
        }
    }
}

/// <summary>A near point.</summary>
/// <param name="Index">Which.</param>
/// <param name="SquaredDistance">The square of its distance.</param>
internal readonly record struct Neighbour(int Index, double SquaredDistance);
