using Counterpoise.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Counterpoise.Kernels;

/// <summary>Convolutions without bias on tensors, with their gradients.</summary>
internal sealed class ConvolutionFunction : MapFunction<ConvolutionFunction>
{
    /// <summary>Whether a convolution is one for the kernels of this folder; what is wrong with others is libtorch's to say.</summary>
    /// <param name="input">[N, inputs, H, W].</param>
    /// <param name="kernel">[outputs, inputs, size, size], in channels-last order.</param>
    internal static bool Handles(Tensor input, Tensor kernel) =>
        kernel.dtype == ScalarType.Float32
        && kernel.shape is [var outputs, var inputs, _, _]
        && outputs % Maps.ChannelGroup == 0
        && input.dim() == 4
        && input.shape[1] == inputs
        && Maps.Handle(input);

    /// <summary>The convolution.</summary>
    /// <returns>[N, outputs, H', W'] of the input's type.</returns>
    internal static Tensor Convolve(Tensor input, Tensor kernel, int stride, int padding)
    {
        Tensor ordered = Maps.Ordered(input);
        return is_grad_enabled()
            ? Apply(ordered, kernel, stride, padding, false)[0]
            : Output(ordered, kernel, stride, padding);
    }

    /// <summary>The convolution, and the input once more for a shortcut around it.</summary>
    /// <remarks>What the shortcut sends back is added to the convolution's gradient as that is written, without a pass of its own.</remarks>
    internal static (Tensor Output, Tensor Input) Fork(Tensor input, Tensor kernel, int stride, int padding)
    {
        if (!is_grad_enabled())
        {
            return (Convolve(input, kernel, stride, padding), input);
        }

        List<Tensor> outputs = Apply(Maps.Ordered(input), kernel, stride, padding, true);
        return (outputs[0], outputs[1]);
    }

    /// <summary>max(0, normalise(convolution) [+ shortcut]), without gradients.</summary>
    /// <param name="input">[N, inputs, H, W].</param>
    /// <param name="kernel">[outputs, inputs, size, size], in channels-last order.</param>
    /// <param name="stride">Step between outputs, in pixels.</param>
    /// <param name="padding">The border of zeros, in pixels.</param>
    /// <param name="normalisation">Of the outputs.</param>
    /// <param name="shortcut">[N, outputs, H', W'] of the input's type, or null.</param>
    /// <returns>[N, outputs, H', W'] of the input's type.</returns>
    internal static unsafe Tensor Activate(
        Tensor input,
        Tensor kernel,
        int stride,
        int padding,
        FixedNormalisation normalisation,
        Tensor? shortcut
    )
    {
        if (!Fuses(input, kernel, stride, padding))
        {
            Tensor map = Convolve(input, kernel, stride, padding);
            return NormalisationFunction.ActivateInPlace(map, normalisation, shortcut);
        }

        Tensor ordered = Maps.Ordered(input);
        float* scale = Maps.Vector(normalisation.Scale);
        float* shift = Maps.Vector(normalisation.Shift);
        Tensor result;
        if (shortcut is null)
        {
            var activation = new Activated<Rectified>(scale, shift, null);
            result = Compute(ordered, kernel, stride, padding, activation);
        }
        else
        {
            MapShape shape = ConvolutionShape.Of(input, kernel, stride, padding).Output;
            Tensor added = Maps.Ordered(shortcut, shape, kernel.shape[0], input.dtype);
            var activation = new Activated<RectifiedSum>(scale, shift, Maps.Pixels(added));
            result = Compute(ordered, kernel, stride, padding, activation);
            GC.KeepAlive(added);
        }

        GC.KeepAlive(normalisation);
        return result;
    }

    protected override List<Tensor> Compute(AutogradContext context, object[] inputs)
    {
        var input = (Tensor)inputs[0];
        var kernel = (Tensor)inputs[1];
        int stride = (int)inputs[2];
        int padding = (int)inputs[3];
        bool forks = (bool)inputs[4];
        context.save_for_backward([input, kernel]);
        context.save_data(nameof(ConvolutionShape), ConvolutionShape.Of(input, kernel, stride, padding));
        Tensor output = Output(input, kernel, stride, padding);
        return forks ? [output, input] : [output];
    }

    protected override Tensor?[] Gradients(List<Tensor> saved, AutogradContext context, Tensor?[] gradients)
    {
        Tensor? ofShortcut = gradients.ElementAtOrDefault(1);
        if (gradients[0] is not { } gradient)
        {
            return [ofShortcut?.alias(), null, null, null, null];
        }

        var shape = (ConvolutionShape)context.get_data(nameof(ConvolutionShape));
        return saved[0].dtype == ScalarType.BFloat16
            ? Gradients<BFloat16Element>(saved[0], saved[1], gradient, ofShortcut, shape)
            : Gradients<SingleElement>(saved[0], saved[1], gradient, ofShortcut, shape);
    }

    /// <summary>Whether the output is computed here, so that something can be done to it before it is written.</summary>
    /// <remarks>
    /// A processor with bfloat16 arithmetic has twice as much of it as of float32's, which libtorch uses. Only Winograd's
    /// quarter of the products beats that. Gradients are computed here in any case, in float32.
    /// </remarks>
    private static bool Fuses(Tensor input, Tensor kernel, int stride, int padding) =>
        !(input.dtype == ScalarType.BFloat16 && Execution.ComputesInBFloat16)
        || Winograd.Fits(ConvolutionShape.Of(input, kernel, stride, padding));

    private static Tensor Output(Tensor input, Tensor kernel, int stride, int padding)
    {
        if (Fuses(input, kernel, stride, padding))
        {
            return Compute<Identity>(input, kernel, stride, padding, default);
        }

        using var noGradient = no_grad();
        using Tensor rounded = kernel.to(input.dtype);
        return kernel.shape[2] == 1 && padding == 0
            ? Product(input, rounded, stride)
            : Maps.Ordered(
                nn.functional.conv2d(input, rounded, strides: [stride, stride], padding: [padding, padding])
            );
    }

    /// <summary>A convolution of single pixels as a product of matrices.</summary>
    /// <remarks>
    /// oneDNN (of libtorch 2.10) divides by zero when it plans a bfloat16 convolution of 1x1 kernels to 1,024 channels on
    /// a processor that tells nothing of its caches, as in some virtual machines. As a product it is also faster.
    /// </remarks>
    private static Tensor Product(Tensor input, Tensor kernel, int stride)
    {
        using var scope = NewDisposeScope();
        TensorIndex every = TensorIndex.Slice(step: stride);
        Tensor taken = stride == 1 ? input : input[.., .., every, every];
        Tensor pixels = taken.permute(0, 2, 3, 1).contiguous();
        long[] shape = pixels.shape;
        long outputs = kernel.shape[0];
        return nn
            .functional.linear(pixels.view(-1, shape[3]), kernel.reshape(outputs, shape[3]))
            .view(shape[0], shape[1], shape[2], outputs)
            .permute(0, 3, 1, 2)
            .MoveToOuterDisposeScope();
    }

    private static Tensor Compute<TEpilogue>(Tensor input, Tensor kernel, int stride, int padding, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        var shape = ConvolutionShape.Of(input, kernel, stride, padding);
        return input.dtype == ScalarType.BFloat16
            ? Compute<BFloat16Element, TEpilogue>(input, kernel, shape, epilogue)
            : Compute<SingleElement, TEpilogue>(input, kernel, shape, epilogue);
    }

    private static Tensor Compute<T, TEpilogue>(Tensor input, Tensor kernel, ConvolutionShape shape, TEpilogue epilogue)
        where T : IElement
        where TEpilogue : struct, IEpilogue =>
        Winograd.Fits(shape)
            ? Compute<Winograd, T, TEpilogue>(input, kernel, shape, epilogue)
            : Compute<Lowering, T, TEpilogue>(input, kernel, shape, epilogue);

    private static unsafe Tensor Compute<TAlgorithm, T, TEpilogue>(
        Tensor input,
        Tensor kernel,
        ConvolutionShape shape,
        TEpilogue epilogue
    )
        where TAlgorithm : IConvolutionAlgorithm
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        Tensor output = Maps.Empty(shape.Output, shape.Outputs, input.dtype);
        TAlgorithm.Forward<T, TEpilogue>(Maps.Pixels(input), Maps.Kernel(kernel), Maps.Pixels(output), shape, epilogue);
        GC.KeepAlive(input);
        GC.KeepAlive(kernel);
        return output;
    }

    private static Tensor?[] Gradients<T>(
        Tensor input,
        Tensor kernel,
        Tensor gradient,
        Tensor? ofShortcut,
        ConvolutionShape shape
    )
        where T : IElement =>
        Winograd.Fits(shape)
            ? Gradients<Winograd, T>(input, kernel, gradient, ofShortcut, shape)
            : Gradients<Lowering, T>(input, kernel, gradient, ofShortcut, shape);

    private static unsafe Tensor?[] Gradients<TAlgorithm, T>(
        Tensor input,
        Tensor kernel,
        Tensor gradient,
        Tensor? ofShortcut,
        ConvolutionShape shape
    )
        where TAlgorithm : IConvolutionAlgorithm
        where T : IElement
    {
        byte* from = Maps.Pixels(gradient);
        Tensor? ofInput = null;
        Tensor? ofKernel = null;
        if (input.requires_grad)
        {
            ofInput = Maps.Empty(shape.Input, shape.Inputs, input.dtype);
            byte* added = ofShortcut is null ? null : Maps.Pixels(ofShortcut);
            TAlgorithm.BackwardInput<T>(from, Maps.Kernel(kernel), added, Maps.Pixels(ofInput), shape);
        }

        if (kernel.requires_grad)
        {
            ofKernel = Maps.Empty(new MapShape(shape.Outputs, shape.Kernel, shape.Kernel), shape.Inputs, kernel.dtype);
            TAlgorithm.BackwardKernel<T>(Maps.Pixels(input), from, Maps.Kernel(ofKernel), shape);
        }

        return [ofInput, ofKernel, null, null, null];
    }
}
