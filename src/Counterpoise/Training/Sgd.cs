using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Stochastic gradient descent with momentum: v = m v + (g + d p), p = p - lr v, as in PyTorch, not Nesterov.</summary>
internal sealed class Sgd : IDisposable
{
    private readonly double momentum;
    private readonly double weightDecay;
    private readonly List<(string Name, Parameter Parameter, Tensor Velocity)> slots = [];

    internal Sgd(IEnumerable<(string Name, Parameter Parameter)> parameters, double momentum, double weightDecay)
    {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        foreach ((string name, Parameter parameter) in parameters)
        {
            slots.Add((name, parameter, zeros_like(parameter).requires_grad_(false).DetachFromDisposeScope()));
        }
    }

    /// <summary>The momentum of every parameter, by the parameter's name.</summary>
    internal IEnumerable<(string Name, Tensor Velocity)> State => slots.Select(slot => (slot.Name, slot.Velocity));

    /// <summary>Changes every parameter that has a gradient, and drops the gradients.</summary>
    internal void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((_, Parameter parameter, Tensor velocity) in slots)
        {
            if (parameter.grad is { } gradient)
            {
                gradient.add_(parameter, weightDecay);
                velocity.mul_(momentum).add_(gradient);
                parameter.add_(velocity, -learningRate);
                parameter.grad = null;
            }
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor velocity) in slots)
        {
            velocity.Dispose();
        }
    }
}
