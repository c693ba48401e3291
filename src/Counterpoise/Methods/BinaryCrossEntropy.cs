using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Binary cross-entropy of every class's softmax probability, averaged over the classes.</summary>
/// <remarks>It is linear in the label, so the mean of two labels' losses is the loss of the mixed label.</remarks>
public sealed record BinaryCrossEntropy : ILoss
{
    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        ArgumentNullException.ThrowIfNull(logits);
        long classes = logits.shape[1];
        Tensor log = logits.log_softmax(1);

        // log(1 - p) with p at most a little below 1, as the loss's slope must stay finite.
        Tensor logRest = (-log.exp()).clamp_min(-1 + 1e-6).log1p();
        Tensor isLabel = nn.functional.one_hot(labels, classes).to(ScalarType.Float32);
        return -((isLabel * log) + ((1 - isLabel) * logRest)).mean([1]);
    }
}
