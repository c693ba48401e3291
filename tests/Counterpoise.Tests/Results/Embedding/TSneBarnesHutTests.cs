using Counterpoise.Basics;
using Counterpoise.Results.Embedding;

namespace Counterpoise.Tests.Results.Embedding;

public sealed class TSneBarnesHutTests
{
    private const int Count = 203;

    [Fact]
    public void Neighbours_are_those_of_sorting_all_distances()
    {
        float[][] points = Points(Count, 19, seed: 1);
        Neighbour[][] found = Neighbours.Of(points, 12);
        Assert.Equal(Count, found.Length);
        for (int i = 0; i < Count; i++)
        {
            int[] wanted =
            [
                .. Enumerable
                    .Range(0, Count)
                    .Where(j => j != i)
                    .OrderBy(j => points[i].Zip(points[j], (a, b) => Math.Pow(a - b, 2)).Sum())
                    .Take(12),
            ];
            Assert.Equal(wanted, found[i].Select(neighbour => neighbour.Index));
            Assert.Equal(
                points[i].Zip(points[wanted[3]], (a, b) => Math.Pow(a - b, 2)).Sum(),
                found[i][3].SquaredDistance,
                1e-4
            );
        }
    }

    [Fact]
    public void Equally_near_points_are_taken_in_order()
    {
        Neighbour[][] found = Neighbours.Of([.. Enumerable.Repeat(new float[] { 1 }, 40)], 3);
        Assert.Equal([0, 1, 2], found[30].Select(neighbour => neighbour.Index));
        Assert.Equal([0, 2, 3], found[1].Select(neighbour => neighbour.Index));
    }

    [Fact]
    public void Affinities_of_all_neighbours_are_the_dense_ones()
    {
        float[][] points = Points(Count, 5, seed: 2);
        Numbers.AssertClose(
            ExactGradient.Affinities(points, 15),
            Dense(SparseAffinities.Of(Neighbours.Of(points, Count - 1), 15)),
            1e-12
        );
    }

    [Fact]
    public void Affinities_of_some_neighbours_are_symmetric_and_add_up_to_1()
    {
        Neighbour[][] neighbours = Neighbours.Of(Points(Count, 5, seed: 2), 20);
        SparseAffinities sparse = SparseAffinities.Of(neighbours, 6);
        double[] dense = Dense(sparse);

        Assert.Equal(1, sparse.Values.Sum(), 1e-12);
        for (int i = 0; i < Count; i++)
        {
            int[] own = sparse.Columns[sparse.Starts[i]..sparse.Starts[i + 1]];
            Assert.Equal(
                Enumerable
                    .Range(0, Count)
                    .Where(j => neighbours[i].Any(n => n.Index == j) || neighbours[j].Any(n => n.Index == i)),
                own
            );
            Assert.All(own, j => Assert.Equal(dense[(i * Count) + j], dense[(j * Count) + i], 1e-15));
        }
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1)]
    [InlineData(30)]
    public void Without_groups_the_gradient_is_the_exact_one(double spread)
    {
        (double[] exact, Func<double, double[]> approximate) = Gradients(Places(Count, spread, seed: 4));
        Numbers.AssertClose(exact, approximate(0), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void With_groups_the_gradient_is_near_and_nearer_with_smaller_ones(double spread)
    {
        (double[] exact, Func<double, double[]> approximate) = Gradients(Places(Count, spread, seed: 5));
        double Error(double theta) =>
            Math.Sqrt(exact.Zip(approximate(theta), (a, b) => (a - b) * (a - b)).Sum() / exact.Sum(a => a * a));

        double usual = Error(0.5);
        Assert.InRange(usual, 1e-9, 0.03); // Not 0: groups are taken together.
        Assert.InRange(Error(0.2), 0, 0.5 * usual);
    }

    [Fact]
    public void Points_in_one_place_are_all_counted()
    {
        double[] places = Places(Count, 1, seed: 6);
        for (int i = 20; i < 120; i++)
        {
            places[i] = places[3];
            places[Count + i] = places[Count + 3];
        }

        (double[] exact, Func<double, double[]> approximate) = Gradients(places);
        Numbers.AssertClose(exact, approximate(0), 1e-9);
        Assert.All(approximate(0.5), slope => Assert.True(double.IsFinite(slope)));

        var alone = new QuadTree(new double[2 * Count]);
        Assert.Equal(new Force(0, 0, Count - 1), alone.DriveAway(0, 0, 0.5));
    }

    [Fact]
    public void Equal_points_can_be_placed()
    {
        float[][] points = [.. Points(60, 4, seed: 7).Concat(Enumerable.Repeat(new float[] { 1, 2, 3, 4 }, 140))];
        var tsne = new TSne
        {
            Perplexity = 10,
            Iterations = 300,
            MostExact = 0,
        };
        Assert.All(tsne.Embed(points), place => Assert.True(double.IsFinite(place.X) && double.IsFinite(place.Y)));
    }

    /// <summary>The exact gradient, and the approximate one at a theta, of the same affinities.</summary>
    private static (double[] Exact, Func<double, double[]> Approximate) Gradients(double[] places)
    {
        SparseAffinities affinities = SparseAffinities.Of(Neighbours.Of(Points(Count, 5, seed: 3), Count - 1), 15);
        return (
            new ExactGradient(Dense(affinities)).At(places, 3),
            theta => new BarnesHutGradient(affinities, theta).At(places, 3)
        );
    }

    private static double[] Dense(SparseAffinities sparse)
    {
        double[] dense = new double[Count * Count];
        for (int i = 0; i < Count; i++)
        {
            for (int k = sparse.Starts[i]; k < sparse.Starts[i + 1]; k++)
            {
                dense[(i * Count) + sparse.Columns[k]] = sparse.Values[k];
            }
        }

        return dense;
    }

    private static double[] Places(int count, double spread, ulong seed) =>
        [.. Points(2, count, seed).SelectMany(axis => axis.Select(place => spread * place))];

    private static float[][] Points(int count, int length, ulong seed)
    {
        var stream = new DrawStream(seed + 100);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => Enumerable.Range(0, length).Select(_ => (float)stream.NextNormal()).ToArray()),
        ];
    }
}
