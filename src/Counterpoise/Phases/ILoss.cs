using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Phases;

/// <summary>The loss of each example from its logits and its label.</summary>
public interface ILoss
{
    /// <summary>The loss of each example, not reduced and not weighted.</summary>
    /// <param name="logits">[N, classes], float32.</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="context">Where training stands.</param>
    /// <returns>[N], float32.</returns>
    Tensor Examples(Tensor logits, Tensor labels, in StepContext context);

    /// <summary>
    /// Whether it is the loss of a label whose share <see cref="StepContext.LabelSmoothing"/> goes to all classes in equal
    /// parts. A recipe that smooths labels is refused where it is not.
    /// </summary>
    bool SmoothsLabels => false;

    /// <summary>Whether the same logits always have the same loss: no draw, nothing of when in training it is.</summary>
    bool IsFixed => true;

    /// <summary>
    /// What the loss takes out of a class's frequency, so that logits are those of a set where the class is that much
    /// more or less frequent; 1 where it changes nothing.
    /// </summary>
    /// <param name="count">The class's number of training examples, at least 1.</param>
    double PriorFactorOf(int count) => 1;
}

/// <summary>Softmax cross-entropy.</summary>
public sealed record CrossEntropy : ILoss
{
    /// <inheritdoc/>
    public bool SmoothsLabels => true;

    /// <inheritdoc/>
    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context) =>
        nn.functional.cross_entropy(
            logits,
            labels,
            reduction: nn.Reduction.None,
            label_smoothing: context.LabelSmoothing
        );
}
