using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Counterpoise.Kernels;

/// <summary><see cref="Winograd"/> on tensors, with its gradients.</summary>
internal sealed class ConvolutionFunction : MapFunction<ConvolutionFunction>
{
    /// <summary>Whether a convolution is one that <see cref="Winograd"/> computes.</summary>
    /// <param name="input">[N, inputs, H, W].</param>
    /// <param name="kernel">[outputs, inputs, height, width], float32, in channels-last order.</param>
    /// <param name="stride">Step between outputs.</param>
    internal static bool Handles(Tensor input, Tensor kernel, long stride) =>
        stride == 1 && kernel.shape is [var outputs, _, 3, 3] && outputs % Maps.ChannelGroup == 0 && Maps.Handle(input);

    /// <summary>The convolution with a border of one zero.</summary>
    /// <returns>[N, outputs, H, W] of the input's type.</returns>
    internal static Tensor Convolve(Tensor input, Tensor kernel)
    {
        Tensor ordered = Maps.Ordered(input);
        return is_grad_enabled() ? apply(ordered, kernel) : Compute<Identity>(ordered, kernel, default);
    }

    /// <summary>The convolution and what follows it, without gradients.</summary>
    internal static Tensor Convolve<TEpilogue>(Tensor input, Tensor kernel, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue => Compute(Maps.Ordered(input), kernel, epilogue);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        var kernel = (Tensor)vars[1];
        ctx.save_for_backward([input, kernel]);
        return Compute<Identity>(input, kernel, default);
    }

    protected override Tensor?[] Gradients(List<Tensor> saved, AutogradContext context, Tensor gradient) =>
        saved[0].dtype == ScalarType.BFloat16
            ? Gradients<BFloat16Element>(saved[0], saved[1], gradient)
            : Gradients<SingleElement>(saved[0], saved[1], gradient);

    private static Tensor Compute<TEpilogue>(Tensor input, Tensor kernel, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue =>
        input.dtype == ScalarType.BFloat16
            ? Compute<BFloat16Element, TEpilogue>(input, kernel, epilogue)
            : Compute<SingleElement, TEpilogue>(input, kernel, epilogue);

    private static unsafe Tensor Compute<T, TEpilogue>(Tensor input, Tensor kernel, TEpilogue epilogue)
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        var shape = MapShape.Of(input);
        int outputs = (int)kernel.shape[0];
        Tensor output = Maps.Empty(shape, outputs, input.dtype);
        Winograd.Forward<T, TEpilogue>(
            Maps.Address(input),
            (float*)Maps.Address(kernel),
            Maps.Address(output),
            shape,
            (int)input.shape[1],
            outputs,
            epilogue
        );
        return output;
    }

    private static unsafe Tensor?[] Gradients<T>(Tensor input, Tensor kernel, Tensor gradient)
        where T : IElement
    {
        var shape = MapShape.Of(input);
        int inputs = (int)input.shape[1];
        int outputs = (int)kernel.shape[0];
        Tensor ofInput = Maps.Empty(shape, inputs, input.dtype);
        Tensor ofKernel = Maps.Empty(new MapShape(outputs, 3, 3), inputs, ScalarType.Float32);
        byte* from = Maps.Address(gradient);
        Winograd.BackwardInput<T>(from, (float*)Maps.Address(kernel), Maps.Address(ofInput), shape, inputs, outputs);
        Winograd.BackwardKernel<T>(Maps.Address(input), from, (float*)Maps.Address(ofKernel), shape, inputs, outputs);
        return [ofInput, ofKernel];
    }
}
