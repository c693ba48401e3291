using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Methods;

/// <summary>Sampling with replacement: a class by its probability, then one of its images, all alike.</summary>
internal static class ClassSampling
{
    /// <summary>As many positions as there are training images.</summary>
    /// <param name="labels">The label of every training image.</param>
    /// <param name="probability">What a class's probability is proportional to, from its number of images.</param>
    /// <param name="stream">The draws.</param>
    internal static int[] Draw(IReadOnlyList<int> labels, Func<int, double> probability, DrawStream stream)
    {
        int[][] positions = ClassPositions.Of(labels, labels.Max() + 1);
        double[] upTo = new double[positions.Length];
        double total = 0;
        for (int c = 0; c < positions.Length; c++)
        {
            total += positions[c].Length == 0 ? 0 : probability(positions[c].Length);
            upTo[c] = total;
        }

        int[] order = new int[labels.Count];
        for (int i = 0; i < order.Length; i++)
        {
            int c = FirstAbove(upTo, stream.NextDouble() * total);
            order[i] = positions[c][stream.NextInt(positions[c].Length)];
        }

        return order;
    }

    /// <summary>The first class whose cumulated probability lies above the point; one without images has no such point.</summary>
    private static int FirstAbove(double[] upTo, double point)
    {
        int low = 0;
        int high = upTo.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = upTo[middle] > point ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
