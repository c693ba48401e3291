namespace Counterpoise.Results.Embedding;

/// <summary>A way of computing the gradient that <see cref="TSne"/> descends.</summary>
internal interface ITSneGradient
{
    /// <summary>4 sum_j (a p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2), or near it.</summary>
    /// <param name="places">All x, then all y.</param>
    /// <param name="exaggeration">a.</param>
    /// <returns>In the order of the places. It does not depend on the number of threads.</returns>
    double[] At(double[] places, double exaggeration);
}
