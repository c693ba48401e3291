using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>A 2-d convolution without bias whose float32 weight follows the precision of its input.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly long stride;
    private readonly long padding;

    /// <param name="name">The layer's name.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Height and width of the kernel, in pixels.</param>
    /// <param name="stride">Step between outputs, in pixels.</param>
    internal Convolution(string name, int inputs, int outputs, int kernel, int stride = 1)
        : base(name)
    {
        this.stride = stride;
        padding = kernel / 2;
        using Tensor values = zeros(outputs, inputs, kernel, kernel);
        weight = new Parameter(MemoryFormat.ChannelsLast(values));
        register_parameter("weight", weight);
    }

    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <returns>[N, outputs, H / stride, W / stride] of the input's type.</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.conv2d(
            input,
            input.dtype == weight.dtype ? weight : weight.to(input.dtype),
            strides: [stride, stride],
            padding: [padding, padding]
        );
}
