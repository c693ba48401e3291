using Counterpoise.Basics;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// Major feature weakening (Ye, Zhan and Chao, "Procrustean Training for Imbalanced Deep Learning", ICCV 2021): mixes
/// the features of major-class examples with those of others in the mini-batch and leaves the labels as they are, so
/// that all classes make equal training progress.
/// </summary>
/// <remarks>
/// lambda_n = s(y_n) b_n with b_n ~ Beta(alpha, alpha) for each example and s the <see cref="WeakeningWeight"/>; the
/// partner m(n) is another example of the mini-batch; z'_n = (1 - lambda_n) z_n + lambda_n z_m(n).
/// </remarks>
public sealed record Mfw : Method, IMixer, ITimed
{
    private const int UsualStage = 2;

    /// <inheritdoc/>
    public override string Name => "mfw";

    /// <inheritdoc/>
    public override string Summary =>
        "major feature weakening: mixes major-class features, labels unchanged (Ye et al., ICCV 2021)";

    /// <summary>The shape of the Beta distribution.</summary>
    /// <value>a number above 0; 1.0 unless set</value>
    [Setting(
        "Shape of Beta(alpha, alpha): small values favour no or full weakening, large ones the middle, 1 is uniform",
        Min = 0,
        AboveMin = true
    )]
    public double Alpha { get; init; } = 1;

    /// <summary>The scale of the weakening weight; null chooses 2, or 0.01 for a step imbalance.</summary>
    /// <value>a number above 0, or null for auto; null unless set</value>
    [Setting(
        "Scale of the weakening weight, larger is smoother; auto is 2, or 0.01 for a step imbalance",
        Min = 0,
        AboveMin = true
    )]
    public double? Beta { get; init; }

    /// <summary>The form of the weakening weight.</summary>
    /// <value>WeightFunction.Power unless set</value>
    [Setting("Form of the weakening weight s(c)")]
    public WeightFunction Weight { get; init; } = WeightFunction.Power;

    /// <summary>The largest weakening weight: how much of the largest class's features may be replaced.</summary>
    /// <value>a number from 0 to 1; 0.5 unless set</value>
    [Setting("Largest weakening weight: how much of the largest class's features may be replaced", Min = 0, Max = 1)]
    public double Strength { get; init; } = WeakeningWeight.UsualStrength;

    /// <summary>Which examples of the mini-batch an example may be mixed with.</summary>
    /// <value>PartnerChoice.Any unless set</value>
    [Setting("Which examples of the mini-batch one may be mixed with")]
    public PartnerChoice Partner { get; init; } = PartnerChoice.Any;

    /// <summary>The stage after which features are mixed, 0 is the input; null chooses 2, or 0 where the network is a classifier on features alone.</summary>
    /// <value>a whole number, 0 or more, or null for auto; null unless set</value>
    [Setting(
        "Stage after which features are mixed, 0 is the input; auto is 2, or 0 on features of a frozen network",
        Min = 0
    )]
    public int? Stage { get; init; }

    /// <summary>When mixing ends, as a share of the epochs.</summary>
    /// <value>a number from 0 to 1; 1.0 unless set</value>
    [Setting("When mixing ends, as a share of the epochs", Min = 0, Max = 1)]
    public double Until { get; init; } = 1;

    /// <inheritdoc/>
    public IReadOnlyList<int> Stages => [At];

    private int At => Stage ?? UsualStage;

    /// <inheritdoc/>
    public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
    {
        if (context.Progress >= Until)
        {
            return null;
        }

        float[] lambda = WeakeningWeight.Draw(context, labels, Alpha, Weight, Beta, Strength);
        DrawStream draws = context.At(DrawPurpose.Partner, 0);
        return new Mixing(At, Partners.Draw(Partner, labels, ref draws), lambda);
    }

    IEnumerable<ActingTime> ITimed.ActsIn(int epochs)
    {
        int end = ActingTime.EpochsBefore(Until, epochs);
        string when = $"mixing ends after epoch {end}, {Until} of them ({Name}.until)";
        return Until < 1
            ? [new(Name, 0, when) { Until = end }, new($"{Name}.until", end, when)]
            : [new(Name, 0, "it mixes in all epochs")];
    }

    /// <summary>Weakens the features of a mini-batch, for use in a training loop of one's own.</summary>
    /// <param name="features">[N, C, H, W] or [N, C], any floating type; the output of the chosen stage.</param>
    /// <param name="labels">[N], int64, the labels that the loss is then taken with, unchanged.</param>
    /// <param name="counts">The number of training examples of every class of the whole training set.</param>
    /// <param name="draws">Give each step its own, such as <c>new Draws(seed).At(DrawPurpose.MixingWeight, 0, step)</c>.</param>
    /// <param name="alpha">The shape of the Beta distribution, above 0.</param>
    /// <param name="beta">The scale of the weakening weight, above 0: 2 for a long tail, 0.01 for a step.</param>
    /// <param name="weight">The form of the weakening weight.</param>
    /// <param name="strength">The largest weakening weight, 0 to 1.</param>
    /// <param name="partner">Which examples one may be mixed with.</param>
    /// <returns>The mixed features, lambda_n from 0 to <paramref name="strength"/> being each partner's share, of the same shape and type; gradients flow into both terms.</returns>
    /// <exception cref="ArgumentException">A label is not the index of a class, or there is not one for each example.</exception>
    /// <exception cref="ArgumentOutOfRangeException">alpha or beta is not above 0, or strength is not from 0 to 1.</exception>
    public static Tensor Mix(
        Tensor features,
        Tensor labels,
        IReadOnlyList<int> counts,
        DrawStream draws,
        double alpha = 1,
        double beta = 2,
        WeightFunction weight = WeightFunction.Power,
        double strength = WeakeningWeight.UsualStrength,
        PartnerChoice partner = PartnerChoice.Any
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        double[] weakening = WeakeningWeight.Of(counts, weight, beta, strength);
        long[] classes = labels.to(ScalarType.Int64).cpu().data<long>().ToArray();
        if (classes.Length != features.shape[0])
        {
            throw new ArgumentException($"{classes.Length} labels for {features.shape[0]} examples.", nameof(labels));
        }

        foreach (long label in classes)
        {
            if (label < 0 || label >= counts.Count)
            {
                throw new ArgumentException($"Label {label} is not a class: there are {counts.Count}.", nameof(labels));
            }
        }

        float[] lambda =
        [
            .. classes.Select(label => (float)(weakening[label] * BetaDistribution.Draw(ref draws, alpha))),
        ];
        long[] partners = Array.ConvertAll(
            Partners.Draw(partner, Array.ConvertAll(classes, label => (int)label), ref draws),
            index => (long)index
        );
        return FeatureMixing
            .Apply(features, tensor(partners, device: features.device), tensor(lambda, device: features.device))
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context) =>
        this with
        {
            Beta = Beta ?? WeakeningWeight.ScaleFor(context.Data),
            Stage = Stage ?? (context.Network.TakesFeatures ? 0 : UsualStage),
        };
}
