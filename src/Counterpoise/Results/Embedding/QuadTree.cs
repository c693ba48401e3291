namespace Counterpoise.Results.Embedding;

/// <summary>Points of the plane in squares within squares, so that far ones can be taken together.</summary>
internal sealed class QuadTree
{
    private const int LeafPoints = 8;

    // Points in one place cannot be parted: they stay together in a square of this depth.
    private const int MostDepth = 48;

    // The points, with those of a square next to each other.
    private readonly double[] x;
    private readonly double[] y;
    private readonly List<Square> building = [];
    private readonly Square[] squares;

    /// <summary>Sorts points into squares.</summary>
    /// <param name="places">All x, then all y.</param>
    internal QuadTree(double[] places)
    {
        int n = places.Length / 2;
        x = places[..n];
        y = places[n..];
        double left = x.Min();
        double bottom = y.Min();
        Add(0, n, left, bottom, Math.Max(x.Max() - left, y.Max() - bottom), 0);
        squares = [.. building];
    }

    /// <summary>What drives one of the points away from all others.</summary>
    /// <param name="pointX">Its x.</param>
    /// <param name="pointY">Its y.</param>
    /// <param name="theta">
    /// A square that is smaller than this share of its distance counts as one place. A point is never farther from the
    /// mean of its own square than 1.42 sides, so up to 0.7 it cannot take itself for far.
    /// </param>
    internal Force DriveAway(double pointX, double pointY, double theta)
    {
        var force = new Force(0, 0, -1); // The point itself is met as well, at distance 0, where the kernel is 1.
        for (int s = 0; s < squares.Length; )
        {
            ref readonly Square square = ref squares[s];
            double toX = pointX - square.X;
            double toY = pointY - square.Y;
            bool far = square.Side * square.Side < theta * theta * ((toX * toX) + (toY * toY));
            if (far)
            {
                force = force.AwayFrom(toX, toY, square.End - square.Start);
            }
            else if (square.IsLeaf)
            {
                for (int p = square.Start; p < square.End; p++)
                {
                    force = force.AwayFrom(pointX - x[p], pointY - y[p], 1);
                }
            }

            s = far ? square.Next : s + 1;
        }

        return force;
    }

    /// <summary>Adds the square of the points from <paramref name="start"/>, and then those within it.</summary>
    private void Add(int start, int end, double left, double bottom, double side, int depth)
    {
        if (start == end)
        {
            return;
        }

        int own = building.Count;
        building.Add(default);
        bool isLeaf = end - start <= LeafPoints || depth == MostDepth;
        if (!isLeaf)
        {
            double half = side / 2;
            int middle = Split(y, x, start, end, bottom + half);
            int lower = Split(x, y, start, middle, left + half);
            int upper = Split(x, y, middle, end, left + half);
            Add(start, lower, left, bottom, half, depth + 1);
            Add(lower, middle, left + half, bottom, half, depth + 1);
            Add(middle, upper, left, bottom + half, half, depth + 1);
            Add(upper, end, left + half, bottom + half, half, depth + 1);
        }

        building[own] = new Square(Mean(x, start, end), Mean(y, start, end), side, start, end, building.Count, isLeaf);
    }

    /// <summary>Moves the points below a bound to the front.</summary>
    /// <returns>Where the others start.</returns>
    private static int Split(double[] along, double[] across, int start, int end, double bound)
    {
        int middle = start;
        for (int p = start; p < end; p++)
        {
            if (along[p] < bound)
            {
                (along[p], along[middle]) = (along[middle], along[p]);
                (across[p], across[middle]) = (across[middle], across[p]);
                middle++;
            }
        }

        return middle;
    }

    private static double Mean(double[] values, int start, int end)
    {
        double sum = 0;
        for (int p = start; p < end; p++)
        {
            sum += values[p];
        }

        return sum / (end - start);
    }

    /// <summary>A square with points.</summary>
    /// <param name="X">The mean of its points along x.</param>
    /// <param name="Y">The mean along y.</param>
    /// <param name="Side">Its side.</param>
    /// <param name="Start">Its first point.</param>
    /// <param name="End">The one after its last point.</param>
    /// <param name="Next">The square after all those within it, which follow it directly.</param>
    /// <param name="IsLeaf">Whether there is none within it.</param>
    private readonly record struct Square(double X, double Y, double Side, int Start, int End, int Next, bool IsLeaf);
}
