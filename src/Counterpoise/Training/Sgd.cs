using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Stochastic gradient descent with momentum: v = m v + (g + d p), p = p - lr v, as in PyTorch, not Nesterov.</summary>
internal sealed class Sgd : IDisposable
{
    private readonly double momentum;
    private readonly double weightDecay;
    private readonly List<(string Name, Parameter Parameter, double RateFactor, Tensor Velocity)> slots = [];

    /// <param name="parameters">What learns, and at which rate over that of the step.</param>
    /// <param name="momentum">m.</param>
    /// <param name="weightDecay">d.</param>
    internal Sgd(
        IEnumerable<(string Name, Parameter Parameter, double RateFactor)> parameters,
        double momentum,
        double weightDecay
    )
    {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        foreach ((string name, Parameter parameter, double rateFactor) in parameters)
        {
            Tensor velocity = zeros_like(parameter).requires_grad_(false).DetachFromDisposeScope();
            slots.Add((name, parameter, rateFactor, velocity));
        }
    }

    /// <summary>The momentum of every parameter, by the parameter's name.</summary>
    internal IEnumerable<(string Name, Tensor Velocity)> State => slots.Select(slot => (slot.Name, slot.Velocity));

    /// <summary>What learns.</summary>
    internal IEnumerable<Parameter> Parameters => slots.Select(slot => slot.Parameter);

    /// <summary>Changes every parameter that has a gradient, and drops the gradients.</summary>
    internal void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((_, Parameter parameter, double rateFactor, Tensor velocity) in slots)
        {
            if (parameter.grad is { } gradient)
            {
                gradient.add_(parameter, weightDecay);
                velocity.mul_(momentum).add_(gradient);
                parameter.add_(velocity, -learningRate * rateFactor);
                parameter.grad = null;
            }
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
