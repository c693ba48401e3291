using Counterpoise.Basics;

namespace Counterpoise.Results.Embedding;

/// <summary>
/// t-SNE (van der Maaten and Hinton, JMLR 2008): places points in the plane so that near ones stay near.
/// </summary>
/// <remarks>
/// Up to <see cref="MostExact"/> points, all pairs are computed; time and memory then grow with the square of their number.
/// More are approximated after Barnes and Hut (van der Maaten, JMLR 2014). The result depends on the points, the settings
/// and the seed alone, not on the threads.
/// </remarks>
internal sealed record TSne
{
    private const int ExaggeratedIterations = 250;
    private const double Exaggeration = 12;
    private const double FirstMomentum = 0.5;
    private const double LaterMomentum = 0.8;
    private const double SmallestGain = 0.01;
    private const int NeighboursOfPerplexity = 3;

    /// <summary>About how many neighbours a point has: above 0, below a third of the number of points.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps of gradient descent.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>The largest number of points that is computed exactly.</summary>
    public int MostExact { get; init; } = 5000;

    /// <summary>The seed of the first places.</summary>
    public ulong Seed { get; init; }

    /// <summary>Places points.</summary>
    /// <param name="points">The points, each [D].</param>
    /// <returns>A place for each point, centred at 0.</returns>
    /// <exception cref="ArgumentException">There are too few points for the perplexity.</exception>
    public (double X, double Y)[] Embed(IReadOnlyList<float[]> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double neighbours = NeighboursOfPerplexity * Perplexity;
        if (points.Count <= neighbours)
        {
            throw new ArgumentException(
                $"{points.Count} points are too few for a perplexity of {Perplexity}; take more than {neighbours}.",
                nameof(points)
            );
        }

        ITSneGradient gradient =
            points.Count <= MostExact
                ? new ExactGradient(ExactGradient.Affinities(points, Perplexity))
                : new BarnesHutGradient(SparseAffinities.Of(Neighbours.Of(points, (int)neighbours), Perplexity));
        return Descend(gradient, points.Count);
    }

    private (double X, double Y)[] Descend(ITSneGradient gradient, int n)
    {
        double[] places = new double[2 * n];
        for (int i = 0; i < n; i++)
        {
            DrawStream stream = new Draws(Seed).At(DrawPurpose.Embedding, 0, i);
            places[i] = 1e-4 * stream.NextNormal();
            places[n + i] = 1e-4 * stream.NextNormal();
        }

        double rate = Math.Max(n / Exaggeration / 4, 50);
        double[] velocity = new double[2 * n];
        double[] gains = [.. Enumerable.Repeat(1.0, 2 * n)];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            bool exaggerates = iteration < ExaggeratedIterations;
            double[] slope = gradient.At(places, exaggerates ? Exaggeration : 1);
            double momentum = exaggerates ? FirstMomentum : LaterMomentum;
            for (int i = 0; i < places.Length; i++)
            {
                bool turns = Math.Sign(slope[i]) == Math.Sign(velocity[i]);
                gains[i] = Math.Max(turns ? gains[i] * 0.8 : gains[i] + 0.2, SmallestGain);
                velocity[i] = (momentum * velocity[i]) - (rate * gains[i] * slope[i]);
                places[i] += velocity[i];
            }

            Centre(places.AsSpan(0, n));
            Centre(places.AsSpan(n));
        }

        return [.. Enumerable.Range(0, n).Select(i => (places[i], places[n + i]))];
    }

    private static void Centre(Span<double> places)
    {
        double sum = 0;
        foreach (double place in places)
        {
            sum += place;
        }

        foreach (ref double place in places)
        {
            place -= sum / places.Length;
        }
    }
}
