using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Counterpoise.Kernels;

/// <summary>An operation on feature maps with a hand-written gradient.</summary>
/// <remarks>
/// TorchSharp sets memory of each output's size aside for a gradient that might be missing. Here it is given back at once.
/// The handles of gradients would live until the step's dispose scope ends, and with them every gradient of every map.
/// They are let go of as soon as the autograd engine has its own: when the next gradient of the same thread is computed.
/// What is saved stays until the graph goes, not only until it is used. Gradients are numbers, not nodes: there are no
/// second derivatives (create_graph).
/// </remarks>
internal abstract class MapFunction<T> : MultiTensorFunction<T>
    where T : MapFunction<T>, new()
{
    public override string Name => typeof(T).Name;

    /// <summary>The operation, as a node of the graph.</summary>
    protected static List<Tensor> Apply(params object[] inputs)
    {
        using var scope = NewDisposeScope();
        List<Tensor> outputs = apply(inputs);
        outputs.ForEach(output => output.MoveToOuterDisposeScope());
        return outputs;
    }

    /// <summary>The operation itself; what it saves in the context is what <see cref="Gradients"/> gets.</summary>
    protected abstract List<Tensor> Compute(AutogradContext context, object[] inputs);

    /// <summary>The gradients of the inputs of apply, null for those that have none.</summary>
    /// <param name="saved">What forward saved.</param>
    /// <param name="context">What else it kept.</param>
    /// <param name="gradients">Those of the outputs, as ordered maps; null for an output that nothing was made of.</param>
    protected abstract Tensor?[] Gradients(List<Tensor> saved, AutogradContext context, Tensor?[] gradients);

    public sealed override List<Tensor> forward(AutogradContext ctx, params object[] vars)
    {
        ctx.set_materialize_grads(false);
        return Compute(ctx, vars);
    }

    public sealed override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
    {
        HandedOver.Release();
        using var scope = NewDisposeScope();
        Tensor?[] outputs =
        [
            .. grad_outputs.Select(gradient => gradient is null or { IsInvalid: true } ? null : Maps.Ordered(gradient)),
        ];
        Tensor?[] gradients = Gradients(ctx.get_saved_variables(), ctx, outputs);
        foreach (Tensor? gradient in gradients)
        {
            gradient?.MoveToOuterDisposeScope();
        }

        grad_outputs.ForEach(gradient => gradient?.Dispose());
        HandedOver.Add(gradients);
        return new List<Tensor>(gradients!);
    }
}

/// <summary>The handles given to the autograd engine last, on each thread.</summary>
internal static class HandedOver
{
    [ThreadStatic]
    private static List<Tensor>? handles;

    internal static void Add(Tensor?[] gradients) => (handles ??= []).AddRange(gradients.OfType<Tensor>());

    internal static void Release()
    {
        handles?.ForEach(handle => handle.Dispose());
        handles?.Clear();
    }
}
