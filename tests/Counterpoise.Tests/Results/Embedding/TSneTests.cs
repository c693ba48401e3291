using Counterpoise.Basics;
using Counterpoise.Results.Embedding;

namespace Counterpoise.Tests.Results.Embedding;

public sealed class TSneTests
{
    [Fact]
    public void Affinities_are_symmetric_add_up_to_1_and_have_the_perplexity_that_was_asked_for()
    {
        float[][] points = Points(60, 3, seed: 1);
        const double perplexity = 7;
        double[] joint = ExactGradient.Affinities(points, perplexity);
        Assert.Equal(1, joint.Sum(), 1e-9);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(0, joint[(i * 60) + i]);
            Assert.All(Enumerable.Range(0, 60), j => Assert.Equal(joint[(i * 60) + j], joint[(j * 60) + i], 1e-15));
        }

        // A slow calibration of one point's width, by its definition.
        double[] distances =
        [
            .. points
                .Where(point => point != points[5])
                .Select(point => point.Zip(points[5], (a, b) => Math.Pow(a - b, 2)).Sum()),
        ];
        double PerplexityAt(double precision, out double[] p)
        {
            double[] kernel = [.. distances.Select(d => Math.Exp(-d * precision))];
            double total = kernel.Sum();
            p = [.. kernel.Select(k => k / total)];
            return Math.Pow(2, -p.Where(x => x > 0).Sum(x => x * Math.Log2(x)));
        }

        double low = 1e-6;
        double high = 1e6;
        double[] row = [];
        for (int step = 0; step < 200; step++)
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = PerplexityAt(middle, out row) > perplexity ? (middle, high) : (low, middle);
        }

        Numbers.AssertClose(row, Perplexity.Calibrate(distances, perplexity), 1e-6);
    }

    [Fact]
    public void The_gradient_is_that_of_central_differences_of_the_divergence()
    {
        double[] p = ExactGradient.Affinities(Points(13, 3, seed: 2), 3);
        double[] places = Places(13, seed: 3);
        double Divergence(double[] y)
        {
            double[,] kernel = new double[13, 13];
            double total = 0;
            for (int i = 0; i < 13; i++)
            {
                for (int j = 0; j < 13; j++)
                {
                    double square = Math.Pow(y[i] - y[j], 2) + Math.Pow(y[13 + i] - y[13 + j], 2);
                    kernel[i, j] = i == j ? 0 : 1 / (1 + square);
                    total += kernel[i, j];
                }
            }

            double sum = 0;
            for (int i = 0; i < 13; i++)
            {
                for (int j = 0; j < 13; j++)
                {
                    sum += i == j ? 0 : p[(13 * i) + j] * Math.Log(p[(13 * i) + j] / (kernel[i, j] / total));
                }
            }

            return sum;
        }

        double[] wanted =
        [
            .. places.Select(
                (_, k) =>
                {
                    double[] up = [.. places];
                    double[] down = [.. places];
                    up[k] += 1e-5;
                    down[k] -= 1e-5;
                    return (Divergence(up) - Divergence(down)) / 2e-5;
                }
            ),
        ];
        Numbers.AssertClose(wanted, new ExactGradient(p).At(places, 1), 1e-5);
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(10)]
    public void Clusters_stay_apart_and_the_places_are_the_same_each_time(int mostExact)
    {
        float[][] points = Clusters(3, 50);
        var tsne = new TSne
        {
            Perplexity = 10,
            Iterations = 400,
            MostExact = mostExact,
        };

        (double X, double Y)[] places = tsne.Embed(points);

        Assert.InRange(ShareWithOwnCluster(places, 50), 0.97, 1); // A point or two may be caught on the way.
        Assert.Equal(0, places.Average(place => place.X), 1e-6);
        Assert.Equal(0, places.Average(place => place.Y), 1e-6);
        Assert.Equal(places, tsne.Embed(points));
        Assert.NotEqual(places, (tsne with { Seed = 1 }).Embed(points));
        Assert.Contains("too few", Assert.Throws<ArgumentException>(() => tsne.Embed(points[..30])).Message);
    }

    [Fact]
    public void More_points_than_are_computed_exactly_are_approximated()
    {
        float[][] points = Clusters(3, 20);
        var tsne = new TSne
        {
            Perplexity = 5,
            Iterations = 5,
            MostExact = 60,
        };

        (double X, double Y)[] exact = tsne.Embed(points);
        (double X, double Y)[] approximate = (tsne with { MostExact = 59 }).Embed(points);

        Assert.Equal(exact, (tsne with { MostExact = 5000 }).Embed(points));
        Assert.NotEqual(exact, approximate);
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(10)]
    public void The_number_of_threads_changes_nothing(int mostExact)
    {
        float[][] points = Clusters(4, 150);
        var tsne = new TSne
        {
            Perplexity = 20,
            Iterations = 60,
            MostExact = mostExact,
        };

        Assert.Equal(OnThreads(1, () => tsne.Embed(points)), OnThreads(2, () => tsne.Embed(points)));
    }

    [Fact]
    public void Thousands_of_points_keep_their_clusters()
    {
        (double X, double Y)[] places = new TSne { Iterations = 400 }.Embed(Clusters(10, 600));
        Assert.InRange(ShareWithOwnCluster(places, 600), 0.99, 1);
    }

    /// <summary>Well parted clusters, one after the other.</summary>
    private static float[][] Clusters(int clusters, int size) =>
        [
            .. Enumerable
                .Range(0, clusters)
                .SelectMany(c => Points(size, 5, (ulong)c).Select(point => point.Select(x => x + (20 * c)).ToArray())),
        ];

    /// <summary>How many have a point of their own cluster nearest.</summary>
    private static double ShareWithOwnCluster((double X, double Y)[] places, int size) =>
        Enumerable
            .Range(0, places.Length)
            .Average(i =>
            {
                int nearest = Enumerable
                    .Range(0, places.Length)
                    .Where(j => j != i)
                    .MinBy(j => Math.Pow(places[j].X - places[i].X, 2) + Math.Pow(places[j].Y - places[i].Y, 2));
                return nearest / size == i / size ? 1.0 : 0;
            });

    /// <summary>Computes with loops that may use so many threads.</summary>
    private static T OnThreads<T>(int threads, Func<T> compute)
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads);
        return Task
            .Factory.StartNew(compute, CancellationToken.None, TaskCreationOptions.None, scheduler.ConcurrentScheduler)
            .GetAwaiter()
            .GetResult();
    }

    private static double[] Places(int count, ulong seed) =>
        [.. Points(2, count, seed).SelectMany(axis => axis.Select(place => (double)place))];

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
