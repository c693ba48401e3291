using Counterpoise.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), as in PyTorch.</summary>
/// <remarks>
/// In a parameter's step t, from 1: p = p - lr d p, m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, and
/// p = p - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + e).
/// </remarks>
internal sealed class AdamW : IOptimizer
{
    private const string Prefix = "adamw.";
    private readonly AdamWSettings settings;
    private readonly bool isFused;
    private readonly Parameter[] parameters;
    private readonly Slot[] slots;

    /// <param name="learning">What learns; its weight decay is d.</param>
    /// <param name="settings">b1, b2 and e.</param>
    /// <param name="isFused">Whether all parameters are changed in one call, as is fast on a GPU.</param>
    internal AdamW(IReadOnlyList<Learner> learning, AdamWSettings settings, bool isFused = false)
    {
        this.settings = settings;
        this.isFused = isFused;
        parameters = [.. learning.Select(learner => learner.Parameter)];
        slots = [.. learning.Select(Slot.Of)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Both moments and the number of steps of every parameter.</summary>
    public IEnumerable<(string Name, Tensor Kept)> State =>
        slots.SelectMany(slot =>
            new[]
            {
                ($"{Prefix}first.{slot.Learner.Name}", slot.First),
                ($"{Prefix}second.{slot.Learner.Name}", slot.Second),
                ($"{Prefix}steps.{slot.Learner.Name}", slot.Steps),
            }
        );

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
            if (gradients[i] is { } gradient)
            {
                Step(slots[i], gradient, learningRate * slots[i].Learner.RateFactor);
            }
        }
    }

    public void Dispose() => Array.ForEach(slots, slot => slot.Dispose());

    private void Step(Slot slot, Tensor gradient, double rate)
    {
        ((_, Parameter parameter, _, double weightDecay), Tensor first, Tensor second, Tensor steps) = slot;

        // Held by name: the collector may free a number that is only passed on while libtorch still reads it.
        using Scalar one = 1;
        double step = Transfer.Number<float>(steps.add_(one));
        using Scalar left = 1 - (rate * weightDecay);
        using Scalar beta1 = settings.Beta1;
        using Scalar beta2 = settings.Beta2;
        using Scalar new1 = 1 - settings.Beta1;
        using Scalar new2 = 1 - settings.Beta2;
        using Scalar unbiased = Math.Sqrt(1 - Math.Pow(settings.Beta2, step));
        using Scalar epsilon = settings.Epsilon;
        using Scalar change = -rate / (1 - Math.Pow(settings.Beta1, step));
        parameter.mul_(left);
        first.mul_(beta1).add_(gradient, new1);
        second.mul_(beta2).addcmul_(gradient, gradient, new2);
        Tensor root = second.sqrt().div_(unbiased).add_(epsilon);
        parameter.addcdiv_(first, root, change);
    }

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
            TensorLists.Adapt(
                [.. same.Select(i => (Tensor)parameters[i])],
                [.. same.Select(i => gradients[i]!)],
                [.. same.Select(i => slots[i].First)],
                [.. same.Select(i => slots[i].Second)],
                [.. same.Select(i => slots[i].Steps)],
                (same.Key.WeightDecay, settings.Beta1, settings.Beta2, settings.Epsilon),
                learningRate * same.Key.RateFactor
            );
        }
    }

    /// <param name="Learner">The parameter.</param>
    /// <param name="First">m.</param>
    /// <param name="Second">v.</param>
    /// <param name="Steps">t: a number, float32, on the parameter's device.</param>
    private sealed record Slot(Learner Learner, Tensor First, Tensor Second, Tensor Steps) : IDisposable
    {
        internal static Slot Of(Learner learner)
        {
            return new Slot(
                learner,
                Zeros(),
                Zeros(),
                zeros([], device: learner.Parameter.device).DetachFromDisposeScope()
            );

            Tensor Zeros() => zeros_like(learner.Parameter).requires_grad_(false).DetachFromDisposeScope();
        }

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
            Steps.Dispose();
        }
    }
}

/// <summary>The numbers of <see cref="AdamW"/>.</summary>
/// <param name="Beta1">b1: what the mean of the gradients keeps at a step.</param>
/// <param name="Beta2">b2: what the mean of the squared gradients keeps.</param>
/// <param name="Epsilon">e: added to the root of that.</param>
internal sealed record AdamWSettings(double Beta1, double Beta2, double Epsilon);
