using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// Linear discriminant analysis (Fisher, Annals of Eugenics 1936): after the training, the class whose mean feature is
/// nearest in units of how images of one class differ, which all classes share.
/// </summary>
/// <remarks>w_c = S^-1 m_c and b_c = -m_c' S^-1 m_c / 2, S being the <see cref="ShrunkCovariance"/>: classes count as equally frequent. Nothing is trained.</remarks>
public sealed record Lda : Method, IEstimatedHead
{
    /// <inheritdoc/>
    public override string Name => "lda";

    /// <inheritdoc/>
    public override string Summary =>
        "after training, linear discriminant analysis with a shrunk covariance, in closed form (Ledoit and Wolf, 2004)";

    /// <summary>The share of the identity's multiple in the covariance; null for what Ledoit and Wolf expect to be best.</summary>
    /// <value>a number above 0, at most 1, or null for auto; null unless set</value>
    [Setting(
        "Share of a multiple of the identity in the covariance within classes; auto is that of Ledoit and Wolf",
        Min = 0,
        AboveMin = true,
        Max = 1
    )]
    public double? Shrinkage { get; init; }

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
        ShrunkCovariance covariance = ShrunkCovariance.Of(features, means, rows, labels, Shrinkage);
        report($"{Name}: the covariance within classes is shrunk by {covariance.Shrinkage:G3}");
        Tensor weight = linalg.solve(covariance.Matrix, means.t()).t();
        return (weight, (means * weight).sum(1) / -2);
    }
}
