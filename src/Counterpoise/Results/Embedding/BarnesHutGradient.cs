namespace Counterpoise.Results.Embedding;

/// <summary>
/// The gradient of t-SNE after Barnes and Hut (van der Maaten, JMLR 2014): points are drawn to their neighbours alone, and
/// driven away from far groups as if each were one point. Its time grows with n log n.
/// </summary>
/// <param name="affinities">p_ij of near points.</param>
/// <param name="theta">How large a group may look that is taken as one point: its side over its distance, 0 (none) to 0.7.</param>
internal sealed class BarnesHutGradient(SparseAffinities affinities, double theta = BarnesHutGradient.UsualTheta)
    : ITSneGradient
{
    private const double UsualTheta = 0.5;

    /// <inheritdoc/>
    public double[] At(double[] places, double exaggeration)
    {
        int n = places.Length / 2;
        var tree = new QuadTree(places);
        Force[] pull = new Force[n];
        Force[] push = new Force[n];
        Parallel.For(
            0,
            n,
            i =>
            {
                double x = places[i];
                double y = places[n + i];
                Force drawn = default;
                for (int k = affinities.Starts[i]; k < affinities.Starts[i + 1]; k++)
                {
                    int j = affinities.Columns[k];
                    drawn = drawn.Towards(x - places[j], y - places[n + j], affinities.Values[k]);
                }

                pull[i] = drawn;
                push[i] = tree.DriveAway(x, y, theta);
            }
        );
        return Force.Gradient(pull, push, exaggeration);
    }
}
