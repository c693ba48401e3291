namespace Counterpoise.Analysis;

/// <summary>
/// t-SNE (van der Maaten and Hinton, JMLR 2008), exact: places points in the plane so that near ones stay near.
/// </summary>
/// <remarks>
/// Every pair of points is computed, in parallel: time and memory grow with the square of their number, so take at most
/// some 5,000. The result depends on the points, the settings and the seed alone, not on the threads.
/// </remarks>
public sealed record TSne
{
    private const int ExaggeratedIterations = 250;
    private const double Exaggeration = 12;
    private const double FirstMomentum = 0.5;
    private const double LaterMomentum = 0.8;
    private const double SmallestGain = 0.01;
    private const int CalibrationSteps = 64;

    /// <summary>About how many neighbours a point has; below a third of the number of points.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps of gradient descent.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>The seed of the first places.</summary>
    public ulong Seed { get; init; }

    /// <summary>Places points.</summary>
    /// <param name="points">The points, all of one length.</param>
    /// <returns>A place for each point, centred at 0.</returns>
    /// <exception cref="ArgumentException">There are too few points for the perplexity.</exception>
    public (double X, double Y)[] Embed(IReadOnlyList<float[]> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count <= 3 * Perplexity)
        {
            throw new ArgumentException(
                $"{points.Count} points are too few for a perplexity of {Perplexity}; take more than {3 * Perplexity}.",
                nameof(points)
            );
        }

        double[] affinities = Affinities(points, Perplexity);
        return Descend(affinities, points.Count);
    }

    /// <summary>p_ij = (p_j|i + p_i|j) / 2n, row by row.</summary>
    internal static double[] Affinities(IReadOnlyList<float[]> points, double perplexity)
    {
        int n = points.Count;
        double[][] conditional = new double[n][];
        Parallel.For(0, n, i => conditional[i] = Conditional(points, i, perplexity));
        double[] joint = new double[n * n];
        Parallel.For(
            0,
            n,
            i =>
            {
                for (int j = 0; j < n; j++)
                {
                    joint[(i * n) + j] = (conditional[i][j] + conditional[j][i]) / (2 * n);
                }
            }
        );
        return joint;
    }

    /// <summary>p_j|i with the width of the Gaussian at which its perplexity, 2 to its entropy in bits, is what was asked for.</summary>
    internal static double[] Conditional(IReadOnlyList<float[]> points, int i, double perplexity)
    {
        double[] row = new double[points.Count];
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = SquaredDistance(points[i], points[j]);
        }

        double nearest = double.PositiveInfinity;
        for (int j = 0; j < row.Length; j++)
        {
            nearest = j == i ? nearest : Math.Min(nearest, row[j]);
        }

        double[] distances = [.. row];
        double wanted = Math.Log(perplexity);
        double low = 0;
        double high = double.PositiveInfinity;
        double precision = 1;
        for (int step = 0; step < CalibrationSteps; step++)
        {
            double entropy = Gaussian(distances, i, nearest, precision, row);
            (low, high) = entropy > wanted ? (precision, high) : (low, precision);
            precision = double.IsPositiveInfinity(high) ? 2 * precision : (low + high) / 2;
        }

        return row;
    }

    /// <summary>Writes the normalised Gaussian and returns its entropy in nats. Distances count from the nearest: the result is the same, and nothing underflows.</summary>
    private static double Gaussian(double[] distances, int i, double nearest, double precision, double[] row)
    {
        double total = 0;
        double weighted = 0;
        for (int j = 0; j < row.Length; j++)
        {
            double farther = distances[j] - nearest;
            row[j] = j == i ? 0 : Math.Exp(-farther * precision);
            total += row[j];
            weighted += farther * row[j];
        }

        for (int j = 0; j < row.Length; j++)
        {
            row[j] /= total;
        }

        return Math.Log(total) + (precision * weighted / total);
    }

    private (double X, double Y)[] Descend(double[] affinities, int n)
    {
        double[] places = new double[2 * n];
        for (int i = 0; i < n; i++)
        {
            DrawStream stream = new Draws(Seed).At(DrawPurpose.Embedding, 0, i);
            places[2 * i] = 1e-4 * stream.NextNormal();
            places[(2 * i) + 1] = 1e-4 * stream.NextNormal();
        }

        double rate = Math.Max(n / Exaggeration / 4, 50);
        double[] velocity = new double[2 * n];
        double[] gains = [.. Enumerable.Repeat(1.0, 2 * n)];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            bool exaggerates = iteration < ExaggeratedIterations;
            double[] gradient = Gradient(affinities, places, exaggerates ? Exaggeration : 1);
            double momentum = exaggerates ? FirstMomentum : LaterMomentum;
            for (int i = 0; i < places.Length; i++)
            {
                bool turns = Math.Sign(gradient[i]) == Math.Sign(velocity[i]);
                gains[i] = Math.Max(turns ? gains[i] * 0.8 : gains[i] + 0.2, SmallestGain);
                velocity[i] = (momentum * velocity[i]) - (rate * gains[i] * gradient[i]);
                places[i] += velocity[i];
            }

            Centre(places);
        }

        return [.. Enumerable.Range(0, n).Select(i => (places[2 * i], places[(2 * i) + 1]))];
    }

    /// <summary>4 sum_j (a p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2).</summary>
    internal static double[] Gradient(double[] affinities, double[] places, double exaggeration)
    {
        int n = places.Length / 2;
        double[] rowSums = new double[n];
        Parallel.For(
            0,
            n,
            i =>
            {
                for (int j = 0; j < n; j++)
                {
                    rowSums[i] += i == j ? 0 : Kernel(places, i, j);
                }
            }
        );
        double total = rowSums.Sum();
        double[] gradient = new double[places.Length];
        Parallel.For(
            0,
            n,
            i =>
            {
                for (int j = 0; j < n; j++)
                {
                    double kernel = i == j ? 0 : Kernel(places, i, j);
                    double pull = 4 * ((exaggeration * affinities[(i * n) + j]) - (kernel / total)) * kernel;
                    gradient[2 * i] += pull * (places[2 * i] - places[2 * j]);
                    gradient[(2 * i) + 1] += pull * (places[(2 * i) + 1] - places[(2 * j) + 1]);
                }
            }
        );
        return gradient;
    }

    /// <summary>1 / (1 + |y_i - y_j|^2).</summary>
    private static double Kernel(double[] places, int i, int j)
    {
        double x = places[2 * i] - places[2 * j];
        double y = places[(2 * i) + 1] - places[(2 * j) + 1];
        return 1 / (1 + (x * x) + (y * y));
    }

    private static void Centre(double[] places)
    {
        for (int axis = 0; axis < 2; axis++)
        {
            double mean = 0;
            for (int i = axis; i < places.Length; i += 2)
            {
                mean += places[i];
            }

            mean /= places.Length / 2;
            for (int i = axis; i < places.Length; i += 2)
            {
                places[i] -= mean;
            }
        }
    }

    private static double SquaredDistance(float[] a, float[] b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            double difference = a[k] - b[k];
            sum += difference * difference;
        }

        return sum;
    }
}
