using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>
/// Deferred re-weighting (Cao et al., NeurIPS 2019): equal weights first, class-balanced weights towards the end.
/// </summary>
/// <remarks>
/// After e of E epochs of the phase, w_c = 1 while e / E is below the start, then those of <see cref="ClassBalanced"/>
/// (Cui et al., CVPR 2019). That the start is 0.8 is from Ye, Zhan and Chao (ICCV 2021, supplement C.2).
/// </remarks>
public sealed record Drw : Method, IClassWeights, ITimed
{
    /// <inheritdoc/>
    public override string Name => "drw";

    /// <inheritdoc/>
    public override string Summary =>
        "deferred re-weighting: class-balanced weights near the end (Cao et al., NeurIPS 2019)";

    /// <summary>When the weights set in, as a share of the epochs.</summary>
    /// <value>a number from 0 to 1; 0.8 unless set</value>
    [Setting("When the weights set in, as a share of the epochs", Min = 0, Max = 1)]
    public double Start { get; init; } = 0.8;

    /// <summary>The base of the effective number of examples.</summary>
    /// <value>a number from 0 to 0.9999999; 0.9999 unless set</value>
    [Setting(
        "Base of the effective number of examples: 0 weighs classes equally, near 1 by inverse size",
        Min = 0,
        Max = 0.9999999
    )]
    public double Beta { get; init; } = 0.9999;

    /// <inheritdoc/>
    public bool IsFixed => false;

    /// <inheritdoc/>
    public IReadOnlyList<double>? At(in StepContext context) =>
        context.Progress < Start ? null : ClassBalanced.Weights(context.ClassCounts, Beta);

    IEnumerable<ActingTime> ITimed.ActsIn(int epochs)
    {
        int from = ActingTime.EpochsBefore(Start, epochs);
        return [new(Name, from, $"it begins after epoch {from}, {Start} of them ({Name}.start)")];
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithWeights(this, Name);
}
