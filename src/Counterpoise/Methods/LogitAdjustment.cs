using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Logit adjustment (Menon et al., ICLR 2021): cross-entropy of z + tau log pi in training, z in testing, pi being the classes' shares.</summary>
public sealed record LogitAdjustment : Method, ILoss
{
    /// <inheritdoc/>
    public override string Name => "logit-adjustment";

    /// <inheritdoc/>
    public override string Summary =>
        "class shares, scaled, in the softmax of the training loss (Menon et al., ICLR 2021)";

    /// <summary>How much of the imbalance is made up for.</summary>
    /// <value>a number, 0 or more; 1.0 unless set</value>
    [Setting("How much of the imbalance is made up for: 0 not at all, 1 all of it", Min = 0)]
    public double Tau { get; init; } = 1;

    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        IReadOnlyList<int> counts = context.ClassCounts;
        Tensor prior = context.Constant(
            this,
            logits.device,
            () =>
            {
                double logTotal = Math.Log(counts.Sum(count => (long)count));
                return (BalancedSoftmax.LogCounts(counts, logits.device) - logTotal) * Tau;
            }
        );
        return new CrossEntropy().Examples(logits + prior, labels, context);
    }

    /// <inheritdoc/>
    public double PriorFactorOf(int count) => Math.Pow(count, -Tau);

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
}
