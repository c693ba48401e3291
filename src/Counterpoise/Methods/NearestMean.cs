using Counterpoise.Data;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>The nearest class mean (as in Kang et al., ICLR 2020): after the training, images belong to the class whose mean feature is nearest.</summary>
/// <remarks>-|x - m_c|^2 / 2 is w_c x + b_c with w_c = m_c and b_c = -|m_c|^2 / 2, but for what all classes have in common; nothing is trained.</remarks>
public sealed record NearestMean : Method, IEstimatedHead
{
    /// <inheritdoc/>
    public override string Name => "nearest-mean";

    /// <inheritdoc/>
    public override string Summary =>
        "after training, the class whose mean feature is nearest, in closed form (Kang et al., ICLR 2020)";

    /// <inheritdoc/>
    public override Phase? Follow(Phase first) => SecondPhase.Estimated(this, first);

    (Tensor Weight, Tensor Bias) IEstimatedHead.Estimate(
        Tensor features,
        ImageRows rows,
        IReadOnlyList<int> labels,
        int classes,
        Action<string> report
    )
    {
        Tensor means = ClassMeans.Of(features, rows, labels, classes);
        return (means, means.square().sum(1) / -2);
    }
}
