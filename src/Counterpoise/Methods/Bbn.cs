using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>The bilateral-branch network (Zhou et al., CVPR 2020): two last blocks, one for images as they come and one for reversed class sizes, and training that shifts from the first to the second.</summary>
/// <remarks>With l = 1 - (e / E)^2 in epoch e of E, from 0, the logits are z = 2 W [l f_c; (1 - l) f_r] + b of both blocks' features and the loss is l l(y_c) + (1 - l) l(y_r); in testing z = W [f_c; f_r] + b.</remarks>
public sealed record Bbn : Method, IHead, ISampler
{
    /// <inheritdoc/>
    public override string Name => "bbn";

    /// <inheritdoc/>
    public override string Summary =>
        "two branches, for images as they come and for reversed class sizes (Zhou et al., CVPR 2020)";

    /// <inheritdoc/>
    public bool ReplacesLastBlock => true;

    /// <summary>Every image once, and as many with a class in proportion to N_max / N_c.</summary>
    /// <inheritdoc/>
    public int[][] Streams(IReadOnlyList<int> labels, Draws draws, int epoch) =>
        [
            .. new InstanceSampler().Streams(labels, draws, epoch),
            ClassSampling.Draw(labels, count => 1.0 / count, draws.At(DrawPurpose.Order, epoch, 1)),
        ];

    /// <inheritdoc/>
    public Head Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        var head = new BilateralHead(network.TakeLastBlock(), network.Features, place.Classes);
        Initialisation.Kaiming(head, place.Draws);
        return head;
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithHead(this, Name).WithSampler(this, Name);
}
