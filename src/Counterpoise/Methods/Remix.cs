using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>ReMix (Chou et al., ECCV-W 2020): mixup whose label goes to the smaller class where the classes' sizes differ much.</summary>
/// <remarks>
/// Images as in mixup. With N_i and N_j the sizes of an example's class and of its partner's, its share of the label is
/// 0 where N_i / N_j is kappa or more and lambda is below tau, 1 where N_i / N_j is 1 / kappa or less and 1 - lambda is below tau, else lambda.
/// </remarks>
public sealed record Remix : Method, IMixer
{
    /// <inheritdoc/>
    public override string Name => "remix";

    /// <inheritdoc/>
    public override string Summary => "mixup whose label favours the smaller class (Chou et al., ECCV workshops 2020)";

    /// <summary>The shape of the Beta distribution.</summary>
    /// <value>a number above 0; 1.0 unless set</value>
    [Setting(
        "Shape of Beta(alpha, alpha): small values favour no or full mixing, large ones the middle, 1 is uniform",
        Min = 0,
        AboveMin = true
    )]
    public double Alpha { get; init; } = 1;

    /// <summary>How many times larger a class must be to give its share of the label away.</summary>
    /// <value>a number, 1 or more; 3.0 unless set</value>
    [Setting("How many times larger a class must be to give its share of the label away", Min = 1)]
    public double Kappa { get; init; } = 3;

    /// <summary>The share of the image below which a class can be given up.</summary>
    /// <value>a number from 0 to 1; 0.5 unless set</value>
    [Setting("Share of the image below which the larger class gives up its share of the label", Min = 0, Max = 1)]
    public double Tau { get; init; } = 0.5;

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
        var mixup = new Mixup
        {
            Alpha = Alpha,
            Weakening = Weakening,
            Weight = Weight,
            Beta = Beta,
        };
        Mixing images = mixup.Mix(context, labels)!;
        float[] labelShares = new float[labels.Length];
        for (int n = 0; n < labelShares.Length; n++)
        {
            (int own, int other) = (context.ClassCounts[labels[n]], context.ClassCounts[labels[images.Partner[n]]]);
            labelShares[n] = (float)(1 - LabelShare(own, other, 1 - images.FeatureWeight[n]));
        }

        return images with
        {
            LabelWeight = labelShares,
        };
    }

    /// <summary>lambda_y: an example's share of its label.</summary>
    /// <param name="own">The number of training examples of its class.</param>
    /// <param name="other">That of its partner's class.</param>
    /// <param name="lambda">lambda_x: its share of the image, 0 to 1.</param>
    /// <returns>0, 1 or <paramref name="lambda"/>.</returns>
    public double LabelShare(int own, int other, double lambda)
    {
        // Both ratios are rounded alike, so that a ratio of exactly kappa counts in either direction.
        return (double)own / other >= Kappa && lambda < Tau ? 0
            : (double)other / own >= Kappa && 1 - lambda < Tau ? 1
            : lambda;
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
