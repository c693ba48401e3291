using static TorchSharp.torch;

namespace Counterpoise.Runtime;

/// <summary>Operators of libtorch on lists of tensors, which TorchSharp has no methods for: one call where there would be one a tensor.</summary>
internal static class TensorLists
{
    private const string Script = """
        def descend(parameters: List[Tensor], gradients: List[Tensor], velocities: List[Tensor], decay: float, momentum: float, rate: float) -> int:
            torch._fused_sgd_(parameters, gradients, velocities, weight_decay=decay, momentum=momentum, lr=rate, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)
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
