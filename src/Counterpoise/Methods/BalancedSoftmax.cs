using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Balanced softmax (Ren et al., NeurIPS 2020): cross-entropy of z + log N in training, z in testing.</summary>
public sealed record BalancedSoftmax : Method, ILoss
{
    /// <inheritdoc/>
    public override string Name => "balanced-softmax";

    /// <inheritdoc/>
    public override string Summary => "class sizes in the softmax of the training loss (Ren et al., NeurIPS 2020)";

    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        IReadOnlyList<int> counts = context.ClassCounts;
        Tensor prior = context.Constant(this, logits.device, () => LogCounts(counts, logits.device));
        return new CrossEntropy().Examples(logits + prior, labels, context);
    }

    /// <inheritdoc/>
    public double PriorFactorOf(int count) => 1.0 / count;

    internal static Tensor LogCounts(IReadOnlyList<int> counts, Device device) =>
        Transfer.Up([.. counts.Select(count => (float)Math.Log(count))], device);

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
}
