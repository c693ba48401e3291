namespace Counterpoise.Results.Embedding;

/// <summary>The probabilities with which a point of t-SNE takes others for its neighbours.</summary>
internal static class Perplexity
{
    private const int CalibrationSteps = 64;

    /// <summary>Replaces distances by p_j|i, with the width of the Gaussian at which its perplexity, 2 to its entropy in bits, is what was asked for.</summary>
    /// <param name="distances">The squared distances of a point to others.</param>
    /// <param name="perplexity">Below the number of others.</param>
    internal static double[] Calibrate(double[] distances, double perplexity)
    {
        double nearest = distances.Min();
        double[] row = new double[distances.Length];
        double wanted = Math.Log(perplexity);
        double low = 0;
        double high = double.PositiveInfinity;
        double precision = 1;
        for (int step = 0; step < CalibrationSteps; step++)
        {
            double entropy = Gaussian(distances, nearest, precision, row);
            (low, high) = entropy > wanted ? (precision, high) : (low, precision);
            precision = double.IsPositiveInfinity(high) ? 2 * precision : (low + high) / 2;
        }

        return row;
    }

    /// <summary>Writes the normalised Gaussian and returns its entropy in nats. Distances count from the nearest: the result is the same, and nothing underflows.</summary>
    private static double Gaussian(double[] distances, double nearest, double precision, double[] row)
    {
        double total = 0;
        double weighted = 0;
        for (int j = 0; j < row.Length; j++)
        {
            double farther = distances[j] - nearest;
            row[j] = Math.Exp(-farther * precision);
            total += row[j];
            weighted += farther * row[j];
        }

        for (int j = 0; j < row.Length; j++)
        {
            row[j] /= total;
        }

        return Math.Log(total) + (precision * weighted / total);
    }
}
