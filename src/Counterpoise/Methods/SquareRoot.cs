using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Square-root sampling (Mahajan et al., ECCV 2018): a class in proportion to the square root of its size, then one of its images, all alike.</summary>
/// <remarks>P(c) = sqrt(N_c) / sum_k sqrt(N_k), P(x | c) = 1 / N_c; with replacement, as many as there are training images.</remarks>
public sealed record SquareRoot : Method, ISampler
{
    /// <inheritdoc/>
    public override string Name => "square-root";

    /// <inheritdoc/>
    public override string Summary => "sampler: classes by the square root of their sizes (Mahajan et al., ECCV 2018)";

    /// <inheritdoc/>
    public int[][] Streams(IReadOnlyList<int> labels, Draws draws, int epoch) =>
        [ClassSampling.Draw(labels, ShareOf, draws.At(DrawPurpose.Order, epoch))];

    /// <inheritdoc/>
    public double ShareOf(int count) => Math.Sqrt(count);

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithSampler(this, Name);
}
