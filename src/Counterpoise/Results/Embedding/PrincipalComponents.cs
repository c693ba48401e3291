using static TorchSharp.torch;

namespace Counterpoise.Results.Embedding;

/// <summary>Principal components: the orthogonal directions in which points vary most.</summary>
/// <remarks>
/// They are eigenvectors of the points' covariance. An eigenvector has no sign of its own; here its largest loading is
/// positive, the first of equally large ones. Directions of equal variance are any basis of the space they span.
/// </remarks>
internal sealed class PrincipalComponents
{
    private const int ChunkPoints = 4096;

    private readonly double[] mean;

    private PrincipalComponents(double[] mean, double[][] directions, double[] shares)
    {
        this.mean = mean;
        Directions = directions;
        ExplainedShares = shares;
    }

    /// <summary>The components as unit vectors of loadings, that of the largest variance first.</summary>
    public IReadOnlyList<double[]> Directions { get; }

    /// <summary>The share of all variance that each component explains, 0 to 1; zeros where all points are equal.</summary>
    public IReadOnlyList<double> ExplainedShares { get; }

    /// <summary>Finds the components of points.</summary>
    /// <param name="points">The points, each [D]; they are centred first.</param>
    /// <param name="components">How many components, 1 to D.</param>
    /// <exception cref="ArgumentException">There are no points.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many components.</exception>
    public static PrincipalComponents Of(IReadOnlyList<float[]> points, int components = 2)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("There are no points.", nameof(points));
        }

        int width = points[0].Length;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(components, width);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor centre = Sum(points, width, chunk => chunk.sum([0])) / points.Count;
        Tensor scatter = Sum(points, width, chunk => (chunk - centre).t().matmul(chunk - centre));
        (Tensor variances, Tensor vectors) = linalg.eigh(scatter); // Ascending, a column each.
        double total = scatter.trace().item<double>();
        double[] ascending = variances.data<double>().ToArray();
        return new PrincipalComponents(
            centre.data<double>().ToArray(),
            [
                .. Enumerable
                    .Range(1, components)
                    .Select(k => WithSign(vectors.select(1, width - k).contiguous().data<double>().ToArray())),
            ],
            [
                .. Enumerable
                    .Range(1, components)
                    .Select(k => total > 0 ? Math.Clamp(ascending[width - k] / total, 0, 1) : 0),
            ]
        );
    }

    /// <summary>Where a point lies along each component, from the mean of the points.</summary>
    /// <param name="point">A point as long as those that the components are of.</param>
    public double[] Project(float[] point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return
        [
            .. Directions.Select(direction => direction.Select((loading, k) => loading * (point[k] - mean[k])).Sum()),
        ];
    }

    /// <summary>Adds up what is computed of some points at a time, in their order, in double precision.</summary>
    private static Tensor Sum(IReadOnlyList<float[]> points, int width, Func<Tensor, Tensor> compute)
    {
        Tensor? sum = null;
        foreach (float[][] chunk in points.Chunk(ChunkPoints))
        {
            using var scope = NewDisposeScope();
            float[] values = [.. chunk.SelectMany(point => point)];
            Tensor part = compute(tensor(values).reshape(chunk.Length, width).to(ScalarType.Float64));
            sum = (sum is null ? part : sum + part).MoveToOuterDisposeScope();
        }

        return sum!;
    }

    private static double[] WithSign(double[] direction)
    {
        double largest = direction.MaxBy(Math.Abs);
        return largest < 0 ? [.. direction.Select(loading => -loading)] : direction;
    }
}
