using Counterpoise.Basics;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Binary cross-entropy of every class's softmax probability, averaged over the classes.</summary>
/// <remarks>It is linear in the label, so the mean of two labels' losses is the loss of the mixed label.</remarks>
internal sealed record BinaryCrossEntropy : ILoss
{
    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        ArgumentNullException.ThrowIfNull(logits);
        long classes = logits.shape[1];
        Tensor log = logits.log_softmax(1);
        Tensor isLabel = nn.functional.one_hot(labels, classes).to(ScalarType.Bool);
        Tensor isLargest = nn.functional.one_hot(log.argmax(1), classes).to(ScalarType.Bool);

        // log(1 - p): the difference is exact up to p = 1/2, and what the most likely class leaves is the others' sum.
        Tensor logRest = where(
            isLargest,
            log.masked_fill(isLargest, float.NegativeInfinity).logsumexp(1, keepdim: true),
            (-log.exp()).masked_fill(isLargest, 0).log1p()
        );
        Tensor hard = -where(isLabel, log, logRest).mean([1]);
        double share = context.LabelSmoothing;
        return share == 0 ? hard : (hard * (1 - share)) + (OfAllClasses(log, logRest) * share);
    }

    /// <summary>The loss of a label that is of all classes in equal parts.</summary>
    private static Tensor OfAllClasses(Tensor log, Tensor logRest)
    {
        double part = 1.0 / log.shape[1];
        return -((log * part) + (logRest * (1 - part))).mean([1]);
    }
}
