using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>What a convolution without bias turns into what.</summary>
/// <param name="Input">The input's shape.</param>
/// <param name="Inputs">Its channels.</param>
/// <param name="Outputs">The output's channels.</param>
/// <param name="Kernel">Height and width of the kernel, in pixels.</param>
/// <param name="Stride">Step between outputs, in pixels.</param>
/// <param name="Padding">The border of zeros, in pixels.</param>
internal readonly record struct ConvolutionShape(
    MapShape Input,
    int Inputs,
    int Outputs,
    int Kernel,
    int Stride,
    int Padding
)
{
    /// <param name="input">[N, inputs, H, W].</param>
    /// <param name="kernel">[outputs, inputs, kernel, kernel].</param>
    /// <param name="stride">Step between outputs, in pixels.</param>
    /// <param name="padding">The border of zeros, in pixels.</param>
    internal static ConvolutionShape Of(Tensor input, Tensor kernel, int stride, int padding)
    {
        long[] size = kernel.shape;
        return new ConvolutionShape(MapShape.Of(input), (int)size[1], (int)size[0], (int)size[2], stride, padding);
    }

    /// <summary>The output's shape.</summary>
    internal MapShape Output => new(Input.Images, Steps(Input.Height), Steps(Input.Width));

    /// <summary>The product of all numbers of the input that meet an output and one of its channels.</summary>
    internal int Window => Kernel * Kernel * Inputs;

    private int Steps(int length) => ((length + (2 * Padding) - Kernel) / Stride) + 1;
}
