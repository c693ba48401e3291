using Counterpoise.Basics;
using Counterpoise.Results.Embedding;

namespace Counterpoise.Tests.Results.Embedding;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void A_hand_made_case_has_its_known_components()
    {
        // Around (5, 1): along (3, -4) / 5 by 10 either way, and across by 5.
        float[][] points =
        [
            [11, -7],
            [-1, 9],
            [9, 4],
            [1, -2],
        ];

        PrincipalComponents found = PrincipalComponents.Of(points);

        Numbers.AssertClose([-0.6, 0.8], found.Directions[0], 1e-12); // The larger loading is positive.
        Numbers.AssertClose([0.8, 0.6], found.Directions[1], 1e-12);
        Numbers.AssertClose([0.8, 0.2], [.. found.ExplainedShares], 1e-12);
        Numbers.AssertClose([-10, 0], found.Project(points[0]), 1e-12);
        Numbers.AssertClose([10, 0], found.Project(points[1]), 1e-12);
        Numbers.AssertClose([0, 5], found.Project(points[2]), 1e-12);
        Numbers.AssertClose([0, 0], [.. found.Project([5, 1]).Select(x => x + 0)], 1e-12);
    }

    [Theory]
    [InlineData(40, 6)]
    [InlineData(5, 12)] // Fewer points than dimensions.
    [InlineData(9001, 3)] // More than are added up at a time.
    public void Components_are_those_of_power_iteration(int count, int width)
    {
        float[][] points = Points(count, width, seed: 3);
        double[] mean = [.. Enumerable.Range(0, width).Select(k => points.Average(point => (double)point[k]))];
        double[,] scatter = new double[width, width];
        foreach (float[] point in points)
        {
            for (int a = 0; a < width; a++)
            {
                for (int b = 0; b < width; b++)
                {
                    scatter[a, b] += (point[a] - mean[a]) * (point[b] - mean[b]);
                }
            }
        }

        double total = Enumerable.Range(0, width).Sum(k => scatter[k, k]);
        PrincipalComponents found = PrincipalComponents.Of(points, 3);

        for (int component = 0; component < 3; component++)
        {
            (double[] direction, double variance) = StrongestOf(scatter);
            Numbers.AssertClose(direction, found.Directions[component], 1e-6);
            Assert.Equal(variance / total, found.ExplainedShares[component], 1e-9);
            double along = points[1].Select((x, k) => (x - mean[k]) * direction[k]).Sum();
            Assert.Equal(along, found.Project(points[1])[component], 1e-4);
            for (int a = 0; a < width; a++)
            {
                for (int b = 0; b < width; b++)
                {
                    scatter[a, b] -= variance * direction[a] * direction[b];
                }
            }
        }
    }

    [Fact]
    public void All_components_of_fewer_points_than_dimensions_are_orthogonal_and_explain_all()
    {
        PrincipalComponents found = PrincipalComponents.Of(Points(4, 7, seed: 4), 7);

        for (int a = 0; a < 7; a++)
        {
            for (int b = 0; b < 7; b++)
            {
                double product = found.Directions[a].Zip(found.Directions[b], (x, y) => x * y).Sum();
                Assert.Equal(a == b ? 1 : 0, product, 1e-9);
            }
        }

        Assert.Equal(1, found.ExplainedShares.Take(3).Sum(), 1e-9);
        Assert.All(found.ExplainedShares, share => Assert.InRange(share, 0, 1));
    }

    [Fact]
    public void Constant_features_have_no_loading_and_equal_points_no_variance()
    {
        float[][] points = [.. Points(20, 3, seed: 5).Select(point => new[] { point[0], 7, point[1] })];

        PrincipalComponents found = PrincipalComponents.Of(points);

        Assert.All(found.Directions, direction => Assert.Equal(0, direction[1], 1e-12));
        Assert.Equal(1, found.ExplainedShares.Sum(), 1e-12);

        PrincipalComponents flat = PrincipalComponents.Of([.. Enumerable.Repeat(points[0], 3)]);
        Assert.Equal([0.0, 0.0], flat.ExplainedShares);
        Assert.All(flat.Project(points[0]), place => Assert.Equal(0, place, 1e-6));
    }

    [Fact]
    public void More_components_than_dimensions_and_no_points_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Of(Points(9, 3, seed: 1), 4));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Of([]));
    }

    /// <summary>The eigenvector of the largest eigenvalue, by multiplying again and again, with its largest loading positive.</summary>
    private static (double[] Direction, double Variance) StrongestOf(double[,] matrix)
    {
        int width = matrix.GetLength(0);
        double[] direction = [.. Enumerable.Range(0, width).Select(k => 1.0 / (k + 1))];
        double variance = 0;
        for (int round = 0; round < 5000; round++)
        {
            double[] next =
            [
                .. Enumerable.Range(0, width).Select(a => direction.Select((x, b) => matrix[a, b] * x).Sum()),
            ];
            variance = Math.Sqrt(next.Sum(x => x * x));
            direction = [.. next.Select(x => x / variance)];
        }

        double sign = Math.Sign(direction.MaxBy(Math.Abs));
        return ([.. direction.Select(x => sign * x)], variance);
    }

    /// <summary>Normal points that spread differently, around a place away from 0.</summary>
    private static float[][] Points(int count, int width, ulong seed)
    {
        var stream = new DrawStream(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    Enumerable.Range(0, width).Select(k => (float)(3 + ((width - k) * stream.NextNormal()))).ToArray()
                ),
        ];
    }
}
