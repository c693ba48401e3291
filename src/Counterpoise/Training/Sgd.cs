using Counterpoise.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Stochastic gradient descent with momentum: v = m v + (g + d p), p = p - lr v, as in PyTorch, not Nesterov.</summary>
internal sealed class Sgd : IDisposable
{
    private readonly double momentum;
    private readonly double weightDecay;
    private readonly bool isFused;
    private readonly Parameter[] parameters;
    private readonly List<(string Name, Parameter Parameter, double RateFactor, Tensor Velocity)> slots = [];

    /// <param name="parameters">What learns, and at which rate over that of the step.</param>
    /// <param name="momentum">m.</param>
    /// <param name="weightDecay">d.</param>
    /// <param name="isFused">Whether all parameters are changed in one call, as is fast on a GPU.</param>
    internal Sgd(
        IEnumerable<(string Name, Parameter Parameter, double RateFactor)> parameters,
        double momentum,
        double weightDecay,
        bool isFused = false
    )
    {
        this.isFused = isFused;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        foreach ((string name, Parameter parameter, double rateFactor) in parameters)
        {
            Tensor velocity = zeros_like(parameter).requires_grad_(false).DetachFromDisposeScope();
            slots.Add((name, parameter, rateFactor, velocity));
        }

        this.parameters = [.. slots.Select(slot => slot.Parameter)];
    }

    /// <summary>The momentum of every parameter, by the parameter's name.</summary>
    internal IEnumerable<(string Name, Tensor Velocity)> State => slots.Select(slot => (slot.Name, slot.Velocity));

    /// <summary>What learns.</summary>
    internal IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Changes every parameter that has a gradient; gradients are changed, too.</summary>
    /// <param name="learningRate">The rate of parameters whose factor is 1.</param>
    /// <param name="gradients">One for each of <see cref="Parameters"/>, or null.</param>
    internal void Step(double learningRate, IReadOnlyList<Tensor?> gradients)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (isFused)
        {
            StepFused(learningRate, gradients);
            return;
        }

        for (int i = 0; i < slots.Count; i++)
        {
            (_, Parameter parameter, double rateFactor, Tensor velocity) = slots[i];
            if (gradients[i] is { } gradient)
            {
                gradient.add_(parameter, weightDecay);
                velocity.mul_(momentum).add_(gradient);
                parameter.add_(velocity, -learningRate * rateFactor);
            }
        }
    }

    /// <summary>The same in one call for each rate, in other roundings.</summary>
    private void StepFused(double learningRate, IReadOnlyList<Tensor?> gradients)
    {
        foreach (IGrouping<double, int> same in Enumerable.Range(0, slots.Count).GroupBy(i => slots[i].RateFactor))
        {
            int[] changed = [.. same.Where(i => gradients[i] is not null)];
            TensorLists.Descend(
                [.. changed.Select(i => (Tensor)slots[i].Parameter)],
                [.. changed.Select(i => gradients[i]!)],
                [.. changed.Select(i => slots[i].Velocity)],
                (weightDecay, momentum, learningRate * same.Key)
            );
        }
    }

    public void Dispose()
    {
        foreach ((_, _, _, Tensor velocity) in slots)
        {
            velocity.Dispose();
        }
    }
}
