using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Class-aware sampling (Shen et al., ECCV 2016): a class, all alike, then one of its images, all alike.</summary>
/// <remarks>P(c) = 1 / C over the classes that have training images, P(x | c) = 1 / N_c; with replacement, as many as there are training images.</remarks>
public sealed record ClassAware : Method, ISampler
{
    /// <inheritdoc/>
    public override string Name => "class-aware";

    /// <inheritdoc/>
    public override string Summary => "sampler: every class equally often (Shen et al., ECCV 2016)";

    /// <inheritdoc/>
    public int[][] Streams(IReadOnlyList<int> labels, Draws draws, int epoch) =>
        [ClassSampling.Draw(labels, ShareOf, draws.At(DrawPurpose.Order, epoch))];

    /// <inheritdoc/>
    public double ShareOf(int count) => 1;

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithSampler(this, Name);
}
