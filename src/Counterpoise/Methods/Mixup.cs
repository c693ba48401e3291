using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>mixup (Zhang et al., ICLR 2018): trains on mixed images with mixed labels.</summary>
/// <remarks>
/// x' = lambda x_n + (1 - lambda) x_p(n), and the loss lambda l(y_n) + (1 - lambda) l(y_p(n)), with one lambda ~
/// Beta(alpha, alpha) a mini-batch and a random permutation p. With MFW's weights (Ye et al., ICCV 2021, D.2) each example
/// keeps 1 - s(y_n) b_n of its image and of its label.
/// </remarks>
public sealed record Mixup : Method, IMixer
{
    /// <inheritdoc/>
    public override string Name => "mixup";

    /// <inheritdoc/>
    public override string Summary => "mixes images and labels (Zhang et al., ICLR 2018)";

    /// <summary>The shape of the Beta distribution.</summary>
    /// <value>a number above 0; 1.0 unless set</value>
    [Setting(
        "Shape of Beta(alpha, alpha): small values favour no or full mixing, large ones the middle, 1 is uniform",
        Min = 0,
        AboveMin = true
    )]
    public double Alpha { get; init; } = 1;

    /// <summary>Whether each example has a weight of its own: the weakening weight of its class times a draw.</summary>
    /// <value>false unless set</value>
    [Setting("Whether each example's partner has the share s(c) b of MFW instead of one share for all")]
    public bool Weakening { get; init; }

    /// <summary>The form of the weakening weight.</summary>
    /// <value>WeightFunction.Power unless set</value>
    [Setting("Form of the weakening weight s(c), where it is used")]
    public WeightFunction Weight { get; init; } = WeightFunction.Power;

    /// <summary>The scale of the weakening weight; null chooses 2, or 0.01 for a step imbalance.</summary>
    /// <value>a number above 0, or null for auto; null unless set</value>
    [Setting(
        "Scale of the weakening weight, larger is smoother; auto is 2, or 0.01 for a step imbalance",
        Min = 0,
        AboveMin = true
    )]
    public double? Beta { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Stages => [0];

    /// <inheritdoc/>
    public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
    {
        float[] shares = Weakening
            ? WeakeningWeight.Draw(context, labels, Alpha, Weight, Beta)
            : BatchMixing.Shares(context, labels.Length, Alpha);
        return new Mixing(0, BatchMixing.Partners(context, labels.Length), shares, shares);
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context) =>
        this with
        {
            Beta = Beta ?? WeakeningWeight.ScaleFor(context.Data),
        };
}
