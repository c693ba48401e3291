using System.Numerics;

namespace Counterpoise.Results.Embedding;

/// <summary>The gradient of t-SNE over all pairs: time and memory grow with the square of the number of points.</summary>
/// <param name="affinities">p_ij, row by row.</param>
internal sealed class ExactGradient(double[] affinities) : ITSneGradient
{
    /// <summary>p_ij = (p_j|i + p_i|j) / 2n, row by row.</summary>
    internal static double[] Affinities(IReadOnlyList<float[]> points, double perplexity)
    {
        int n = points.Count;
        double[] joint = new double[n * n];
        Parallel.For(
            0,
            n,
            i =>
            {
                double[] others = new double[n - 1];
                for (int k = 0; k < others.Length; k++)
                {
                    others[k] = Neighbours.SquaredDistance(points[i], points[k < i ? k : k + 1]);
                }

                double[] row = Perplexity.Calibrate(others, perplexity);
                row.AsSpan(0, i).CopyTo(joint.AsSpan(i * n));
                row.AsSpan(i).CopyTo(joint.AsSpan((i * n) + i + 1));
            }
        );
        Parallel.For(
            0,
            n,
            i =>
            {
                for (int j = 0; j < i; j++)
                {
                    double both = (joint[(i * n) + j] + joint[(j * n) + i]) / (2 * n);
                    joint[(i * n) + j] = both;
                    joint[(j * n) + i] = both;
                }
            }
        );
        return joint;
    }

    /// <inheritdoc/>
    public double[] At(double[] places, double exaggeration)
    {
        int n = places.Length / 2;
        Force[] pull = new Force[n];
        Force[] push = new Force[n];
        Parallel.For(0, n, i => (pull[i], push[i]) = Row(places, i));
        return Force.Gradient(pull, push, exaggeration);
    }

    /// <summary>What draws point i to the others and what drives it away. A point and itself, at distance 0, exert no force.</summary>
    private (Force Pull, Force Push) Row(double[] places, int i)
    {
        int n = places.Length / 2;
        ReadOnlySpan<double> x = places.AsSpan(0, n);
        ReadOnlySpan<double> y = places.AsSpan(n);
        ReadOnlySpan<double> p = affinities.AsSpan(i * n, n);
        Vector<double> pullX = default;
        Vector<double> pullY = default;
        Vector<double> pushX = default;
        Vector<double> pushY = default;
        Vector<double> kernels = default;
        int j = 0;
        for (; j <= n - Vector<double>.Count; j += Vector<double>.Count)
        {
            Vector<double> dx = new Vector<double>(x[i]) - new Vector<double>(x[j..]);
            Vector<double> dy = new Vector<double>(y[i]) - new Vector<double>(y[j..]);
            Vector<double> kernel = Vector<double>.One / (Vector<double>.One + (dx * dx) + (dy * dy));
            Vector<double> drawn = new Vector<double>(p[j..]) * kernel;
            pullX += drawn * dx;
            pullY += drawn * dy;
            pushX += kernel * kernel * dx;
            pushY += kernel * kernel * dy;
            kernels += kernel;
        }

        var pull = new Force(Vector.Sum(pullX), Vector.Sum(pullY), 0);
        var push = new Force(Vector.Sum(pushX), Vector.Sum(pushY), Vector.Sum(kernels) - 1);
        for (; j < n; j++)
        {
            pull = pull.Towards(x[i] - x[j], y[i] - y[j], p[j]);
            push = push.AwayFrom(x[i] - x[j], y[i] - y[j], 1);
        }

        return (pull, push);
    }
}
