using Counterpoise.Analysis;

namespace Counterpoise.Tests.Analysis;

public sealed class TSneTests
{
    [Fact]
    public void Affinities_are_symmetric_add_up_to_1_and_have_the_perplexity_that_was_asked_for()
    {
        float[][] points = Points(60, 3, seed: 1);
        const double perplexity = 7;
        double[] joint = TSne.Affinities(points, perplexity);
        Assert.Equal(1, joint.Sum(), 1e-9);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(0, joint[(i * 60) + i]);
            Assert.All(Enumerable.Range(0, 60), j => Assert.Equal(joint[(i * 60) + j], joint[(j * 60) + i], 1e-15));
        }

        // A slow calibration of one point's width, by its definition.
        double[] distances = [.. points.Select(p => p.Zip(points[5], (a, b) => Math.Pow(a - b, 2)).Sum())];
        double Perplexity(double precision, out double[] p)
        {
            double[] kernel = [.. distances.Select((d, j) => j == 5 ? 0 : Math.Exp(-d * precision))];
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
            (low, high) = Perplexity(middle, out row) > perplexity ? (middle, high) : (low, middle);
        }

        Numbers.AssertClose(row, TSne.Conditional(points, 5, perplexity), 1e-6);
    }

    [Fact]
    public void The_gradient_is_that_of_central_differences_of_the_divergence()
    {
        double[] p = TSne.Affinities(Points(12, 3, seed: 2), 3);
        double[] places = [.. Points(12, 2, seed: 3).SelectMany(point => point.Select(x => (double)x))];
        double Divergence(double[] y)
        {
            double[,] kernel = new double[12, 12];
            double total = 0;
            for (int i = 0; i < 12; i++)
            {
                for (int j = 0; j < 12; j++)
                {
                    double square = Math.Pow(y[2 * i] - y[2 * j], 2) + Math.Pow(y[(2 * i) + 1] - y[(2 * j) + 1], 2);
                    kernel[i, j] = i == j ? 0 : 1 / (1 + square);
                    total += kernel[i, j];
                }
            }

            double sum = 0;
            for (int i = 0; i < 12; i++)
            {
                for (int j = 0; j < 12; j++)
                {
                    sum += i == j ? 0 : p[(12 * i) + j] * Math.Log(p[(12 * i) + j] / (kernel[i, j] / total));
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
        Numbers.AssertClose(wanted, TSne.Gradient(p, places, 1), 1e-5);
    }

    [Fact]
    public void Clusters_stay_apart_and_the_places_are_the_same_each_time()
    {
        float[][] points =
        [
            .. Enumerable
                .Range(0, 3)
                .SelectMany(c => Points(20, 5, (ulong)c).Select(point => point.Select(x => x + (20 * c)).ToArray())),
        ];
        var tsne = new TSne { Perplexity = 10, Iterations = 400 };

        (double X, double Y)[] places = tsne.Embed(points);

        for (int i = 0; i < 60; i++)
        {
            (double x, double y) = places[i];
            int nearest = Enumerable
                .Range(0, 60)
                .Where(j => j != i)
                .MinBy(j => Math.Pow(places[j].X - x, 2) + Math.Pow(places[j].Y - y, 2));
            Assert.Equal(i / 20, nearest / 20);
        }

        Assert.Equal(0, places.Average(place => place.X), 1e-6);
        Assert.Equal(places, tsne.Embed(points));
        Assert.NotEqual(places, (tsne with { Seed = 1 }).Embed(points));
        Assert.Contains("too few", Assert.Throws<ArgumentException>(() => tsne.Embed(points[..30])).Message);
    }

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
