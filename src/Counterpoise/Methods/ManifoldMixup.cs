using Counterpoise.Basics;
using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>Manifold mixup (Verma et al., ICML 2019): mixup of features after a stage that is drawn for each mini-batch.</summary>
/// <remarks>
/// z' = lambda z_n + (1 - lambda) z_p(n), and the loss lambda l(y_n) + (1 - lambda) l(y_p(n)), with one lambda ~
/// Beta(alpha, alpha) and one stage a mini-batch.
/// </remarks>
public sealed record ManifoldMixup : Method, IMixer
{
    /// <inheritdoc/>
    public override string Name => "manifold-mixup";

    /// <inheritdoc/>
    public override string Summary => "mixes features after a random stage, and labels (Verma et al., ICML 2019)";

    /// <summary>The shape of the Beta distribution.</summary>
    /// <value>a number above 0; 2.0 unless set</value>
    [Setting(
        "Shape of Beta(alpha, alpha): small values favour no or full mixing, large ones the middle, 1 is uniform",
        Min = 0,
        AboveMin = true
    )]
    public double Alpha { get; init; } = 2;

    /// <summary>The stages that one is drawn from; 0 is the input.</summary>
    /// <value>a list of whole numbers; [0, 1, 2] unless set</value>
    [Setting("Stages that the one to mix after is drawn from, 0 is the input")]
    public ValueList<int> Stages { get; init; } = new(0, 1, 2);

    /// <summary>The loss.</summary>
    /// <value>MixedLoss.CrossEntropy unless set</value>
    [Setting("Cross-entropy, or the binary form of the authors' code")]
    public MixedLoss Loss { get; init; }

    IReadOnlyList<int> IMixer.Stages => Stages;

    /// <inheritdoc/>
    public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
    {
        int stage = Stages[context.AtBatch(DrawPurpose.MixingStage).NextInt(Stages.Count)];
        float[] shares = BatchMixing.Shares(context, labels.Length, Alpha);
        return new Mixing(stage, BatchMixing.Partners(context, labels.Length), shares, shares);
    }

    /// <inheritdoc/>
    public override Phase Fill(Phase phase)
    {
        phase = phase.WithMixer(this, Name);
        return Loss == MixedLoss.Binary ? phase.WithLoss(new BinaryCrossEntropy(), Name) : phase;
    }

    /// <inheritdoc/>
    public override Method Resolve(MethodContext context) =>
        Stages.Count > 0
            ? this
            : throw new UsageException($"{Name}.stages is empty, expected the stages to draw from, such as [0, 1, 2].");
}

/// <summary>The loss of manifold mixup.</summary>
public enum MixedLoss
{
    /// <summary>Softmax cross-entropy.</summary>
    CrossEntropy,

    /// <summary>Binary cross-entropy of every class's softmax probability, averaged over the classes, as in the authors' code.</summary>
    Binary,
}
