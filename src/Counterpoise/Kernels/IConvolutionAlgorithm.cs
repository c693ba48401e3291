namespace Counterpoise.Kernels;

/// <summary>A way to convolve. Maps are [N, H, W, channels] of elements, kernels [outputs, height, width, inputs] of float32.</summary>
/// <remarks>Inputs and outputs are multiples of <see cref="Maps.ChannelGroup"/>.</remarks>
internal unsafe interface IConvolutionAlgorithm
{
    /// <summary>The convolution.</summary>
    /// <param name="input">Read.</param>
    /// <param name="kernel">Read.</param>
    /// <param name="output">Written.</param>
    /// <param name="shape">The shapes of them.</param>
    /// <param name="epilogue">What is done to the output before it is written.</param>
    static abstract void Forward<T, TEpilogue>(
        byte* input,
        float* kernel,
        byte* output,
        ConvolutionShape shape,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue;

    /// <summary>The gradient with respect to the input.</summary>
    /// <param name="gradient">The output's: read.</param>
    /// <param name="kernel">Read.</param>
    /// <param name="added">What is added to it, a map like the input; null for nothing.</param>
    /// <param name="result">The input's: written.</param>
    /// <param name="shape">The shapes of the convolution.</param>
    static abstract void BackwardInput<T>(
        byte* gradient,
        float* kernel,
        byte* added,
        byte* result,
        ConvolutionShape shape
    )
        where T : IElement;

    /// <summary>The gradient with respect to the kernel.</summary>
    /// <param name="input">Read.</param>
    /// <param name="gradient">The output's: read.</param>
    /// <param name="result">The kernel's: written.</param>
    /// <param name="shape">The shapes of the convolution.</param>
    static abstract void BackwardKernel<T>(byte* input, byte* gradient, float* result, ConvolutionShape shape)
        where T : IElement;
}
