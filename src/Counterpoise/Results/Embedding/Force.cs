namespace Counterpoise.Results.Embedding;

/// <summary>What acts on one point of t-SNE, added up over others. With k = 1 / (1 + |y_i - y_j|^2):</summary>
/// <param name="X">The sum along x: of p_ij k (x_i - x_j) where points are drawn together, k^2 (x_i - x_j) where driven apart.</param>
/// <param name="Y">The same along y.</param>
/// <param name="Kernels">The sum of k, where driven apart.</param>
internal readonly record struct Force(double X, double Y, double Kernels)
{
    /// <summary>Adds what draws to a point.</summary>
    /// <param name="x">x_i - x_j.</param>
    /// <param name="y">y_i - y_j.</param>
    /// <param name="affinity">p_ij.</param>
    internal Force Towards(double x, double y, double affinity)
    {
        double drawn = affinity / (1 + (x * x) + (y * y));
        return new Force(X + (drawn * x), Y + (drawn * y), Kernels);
    }

    /// <summary>Adds what drives away from points in one place.</summary>
    /// <param name="x">x_i - x_j.</param>
    /// <param name="y">y_i - y_j.</param>
    /// <param name="points">How many are there.</param>
    internal Force AwayFrom(double x, double y, int points)
    {
        double kernel = 1 / (1 + (x * x) + (y * y));
        double driven = points * kernel * kernel;
        return new Force(X + (driven * x), Y + (driven * y), Kernels + (points * kernel));
    }

    /// <summary>4 (a pull - push / sum of all kernels), all x and then all y.</summary>
    internal static double[] Gradient(Force[] pull, Force[] push, double exaggeration)
    {
        int n = pull.Length;
        double total = push.Sum(force => force.Kernels);
        double[] gradient = new double[2 * n];
        for (int i = 0; i < n; i++)
        {
            gradient[i] = 4 * ((exaggeration * pull[i].X) - (push[i].X / total));
            gradient[n + i] = 4 * ((exaggeration * pull[i].Y) - (push[i].Y / total));
        }

        return gradient;
    }
}
