using Counterpoise.Basics;
using Counterpoise.Phases;
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
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context) =>
        new CrossEntropy().Examples(logits + LogCounts(context.ClassCounts, logits.device), labels, context);

    /// <inheritdoc/>
    public double PriorFactorOf(int count) => 1.0 / count;

    internal static Tensor LogCounts(IReadOnlyList<int> counts, Device device) =>
        tensor(counts.Select(count => (float)Math.Log(count)).ToArray(), device: device);

    /// <inheritdoc/>
    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);
}
