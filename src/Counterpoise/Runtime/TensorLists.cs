using static TorchSharp.torch;

namespace Counterpoise.Runtime;

/// <summary>Operators of libtorch on lists of tensors, which TorchSharp has no methods for: one call where there would be one a tensor.</summary>
internal static class TensorLists
{
    private const string Script = """
        def descend(parameters: List[Tensor], gradients: List[Tensor], velocities: List[Tensor], decay: float, momentum: float, rate: float) -> int:
            torch._fused_sgd_(parameters, gradients, velocities, weight_decay=decay, momentum=momentum, lr=rate, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)
            return 0

        def adapt(parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], decay: float, beta1: float, beta2: float, epsilon: float, rate: float) -> int:
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(parameters, gradients, first, second, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
            return 0

        def approach(targets: List[Tensor], sources: List[Tensor], share: float) -> int:
            torch._foreach_lerp_(targets, sources, share)
            return 0

        def copy(targets: List[Tensor], sources: List[Tensor]) -> int:
            torch._foreach_copy_(targets, sources)
            return 0

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script));

    /// <summary>Stochastic gradient descent with momentum: v = m v + (g + d p), p = p - lr v.</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">g.</param>
    /// <param name="velocities">v.</param>
    /// <param name="by">d, m and lr.</param>
    internal static void Descend(
        Tensor[] parameters,
        Tensor[] gradients,
        Tensor[] velocities,
        (double Decay, double Momentum, double Rate) by
    ) => Invoke("descend", parameters, gradients, velocities, by.Decay, by.Momentum, by.Rate);

    /// <summary>Adam with decoupled weight decay, a step of each parameter.</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">g.</param>
    /// <param name="first">m.</param>
    /// <param name="second">v.</param>
    /// <param name="steps">t: a number each, float32; they are counted up.</param>
    /// <param name="by">d, b1, b2 and e.</param>
    /// <param name="rate">lr.</param>
    internal static void Adapt(
        Tensor[] parameters,
        Tensor[] gradients,
        Tensor[] first,
        Tensor[] second,
        Tensor[] steps,
        (double Decay, double Beta1, double Beta2, double Epsilon) by,
        double rate
    ) => Invoke("adapt", parameters, gradients, first, second, steps, by.Decay, by.Beta1, by.Beta2, by.Epsilon, rate);

    /// <summary>Moves tensors a share of the way to others of the same shapes, the whole way for 1.</summary>
    internal static void Approach(Tensor[] targets, Tensor[] sources, double share) =>
        Invoke("approach", targets, sources, share);

    /// <summary>Copies tensors into others of the same shapes.</summary>
    internal static void Copy(Tensor[] targets, Tensor[] sources) => Invoke("copy", targets, sources);

    private static void Invoke(string operation, params object[] arguments)
    {
        if (((Tensor[])arguments[0]).Length > 0)
        {
            _ = Compiled.Value.invoke(operation, arguments);
        }
    }
}
