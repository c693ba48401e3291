using Counterpoise.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Stochastic gradient descent with momentum: v = m v + (g + d p), p = p - lr v, as in PyTorch, not Nesterov.</summary>
internal sealed class Sgd : IOptimizer
{
    private const string Prefix = "momentum.";
    private readonly double momentum;
    private readonly bool isFused;
    private readonly Parameter[] parameters;
    private readonly (Learner Learner, Tensor Velocity)[] slots;

    /// <param name="learning">What learns; its weight decay is d.</param>
    /// <param name="momentum">m.</param>
    /// <param name="isFused">Whether all parameters are changed in one call, as is fast on a GPU.</param>
    internal Sgd(IReadOnlyList<Learner> learning, double momentum, bool isFused = false)
    {
        this.isFused = isFused;
        this.momentum = momentum;
        parameters = [.. learning.Select(learner => learner.Parameter)];
        slots =
        [
            .. learning.Select(learner =>
                (learner, zeros_like(learner.Parameter).requires_grad_(false).DetachFromDisposeScope())
            ),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The momentum of every parameter.</summary>
    public IEnumerable<(string Name, Tensor Kept)> State =>
        slots.Select(slot => (Prefix + slot.Learner.Name, slot.Velocity));

    /// <inheritdoc/>
    public void Step(double learningRate, IReadOnlyList<Tensor?> gradients)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (isFused)
        {
            StepFused(learningRate, gradients);
            return;
        }

        for (int i = 0; i < slots.Length; i++)
        {
            ((_, Parameter parameter, double rateFactor, double weightDecay), Tensor velocity) = slots[i];
            if (gradients[i] is { } gradient)
            {
                // Held by name: the collector may free a number that is only passed on while libtorch still reads it.
                using Scalar decay = weightDecay;
                using Scalar kept = momentum;
                using Scalar rate = -learningRate * rateFactor;
                gradient.add_(parameter, decay);
                velocity.mul_(kept).add_(gradient);
                parameter.add_(velocity, rate);
            }
        }
    }

    public void Dispose() => Array.ForEach(slots, slot => slot.Velocity.Dispose());

    /// <summary>The same in one call for each rate and weight decay, in other roundings.</summary>
    private void StepFused(double learningRate, IReadOnlyList<Tensor?> gradients)
    {
        foreach (
            var same in Enumerable
                .Range(0, slots.Length)
                .Where(i => gradients[i] is not null)
                .GroupBy(i => (slots[i].Learner.RateFactor, slots[i].Learner.WeightDecay))
        )
        {
            TensorLists.Descend(
                [.. same.Select(i => (Tensor)parameters[i])],
                [.. same.Select(i => gradients[i]!)],
                [.. same.Select(i => slots[i].Velocity)],
                (same.Key.WeightDecay, momentum, learningRate * same.Key.RateFactor)
            );
        }
    }
}
