namespace Counterpoise.Results.Embedding;

/// <summary>The affinities of t-SNE between near points; all others count as 0.</summary>
/// <param name="Starts">Where each point's row starts in the other lists; one more entry for the end.</param>
/// <param name="Columns">The other point of each pair, ascending within a row.</param>
/// <param name="Values">p_ij of each pair.</param>
internal sealed record SparseAffinities(int[] Starts, int[] Columns, double[] Values)
{
    /// <summary>p_ij = (p_j|i + p_i|j) / 2n, where p_j|i is 0 unless j is among the neighbours of i.</summary>
    /// <param name="neighbours">The neighbours of each point.</param>
    /// <param name="perplexity">Below the number of a point's neighbours.</param>
    internal static SparseAffinities Of(Neighbour[][] neighbours, double perplexity)
    {
        int n = neighbours.Length;
        double[][] conditional = new double[n][];
        Parallel.For(
            0,
            n,
            i =>
                conditional[i] = Perplexity.Calibrate(
                    [.. neighbours[i].Select(neighbour => neighbour.SquaredDistance)],
                    perplexity
                )
        );
        Dictionary<int, double>[] rows = [.. neighbours.Select(_ => new Dictionary<int, double>())];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < neighbours[i].Length; k++)
            {
                int j = neighbours[i][k].Index;
                double half = conditional[i][k] / (2 * n);
                rows[i][j] = rows[i].GetValueOrDefault(j) + half;
                rows[j][i] = rows[j].GetValueOrDefault(i) + half;
            }
        }

        int[] starts = new int[n + 1];
        for (int i = 0; i < n; i++)
        {
            starts[i + 1] = starts[i] + rows[i].Count;
        }

        KeyValuePair<int, double>[] pairs = [.. rows.SelectMany(row => row.OrderBy(pair => pair.Key))];
        return new SparseAffinities(starts, [.. pairs.Select(pair => pair.Key)], [.. pairs.Select(pair => pair.Value)]);
    }
}
