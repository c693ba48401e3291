using Counterpoise.Interop.Onnx;
using Counterpoise.Kernels;
using Counterpoise.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>A 2-d convolution without bias whose float32 weight follows the precision of its input.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private readonly Parameter weight;
    private readonly int stride;
    private readonly int padding;
    private readonly int groups;

    /// <param name="name">The layer's name.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Height and width of the kernel, in pixels.</param>
    /// <param name="stride">Step between outputs, in pixels.</param>
    /// <param name="groups">Groups of channels that do not mix; libtorch computes more than one.</param>
    internal Convolution(string name, int inputs, int outputs, int kernel, int stride = 1, int groups = 1)
        : base(name)
    {
        this.stride = stride;
        this.groups = groups;
        padding = kernel / 2;
        var shape = new MapShape(outputs, kernel, kernel);
        weight = new Parameter(Maps.Empty(shape, inputs / groups, ScalarType.Float32).zero_());
        register_parameter("weight", weight);
    }

    /// <summary>The float32 weight, [outputs, inputs / groups, kernel, kernel].</summary>
    internal Parameter Kernel => weight;

    /// <summary>The weight in the precision of the maps, where somebody has rounded it for this step; else null.</summary>
    internal Tensor? Rounded { get; set; }

    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <returns>[N, outputs, H / stride, W / stride] of the input's type.</returns>
    public override Tensor forward(Tensor input) =>
        ConvolutionFunction.Handles(input, weight)
            ? ConvolutionFunction.Convolve(input, weight, stride, padding)
            : Plain(input);

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) => graph.Convolve(map, weight, stride, padding, groups);

    /// <summary>The convolution, and the input once more for a shortcut around it: cheaper to go back through than using it twice.</summary>
    internal (Tensor Output, Tensor Input) Fork(Tensor input) =>
        ConvolutionFunction.Handles(input, weight)
            ? ConvolutionFunction.Fork(input, weight, stride, padding)
            : (Plain(input), input);

    /// <summary>max(0, normalise(convolution) [+ shortcut]), without gradients.</summary>
    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <param name="normalisation">Of the outputs.</param>
    /// <param name="shortcut">[N, outputs, H / stride, W / stride] of the input's type, or null.</param>
    internal Tensor Activate(Tensor input, FixedNormalisation normalisation, Tensor? shortcut) =>
        ConvolutionFunction.Handles(input, weight)
            ? ConvolutionFunction.Activate(input, weight, stride, padding, normalisation, shortcut)
            : NormalisationFunction.ActivateInPlace(Plain(input), normalisation, shortcut);

    /// <summary>By libtorch. A processor without bfloat16 arithmetic rounds what it computes in float32: that is far faster there.</summary>
    private Tensor Plain(Tensor input)
    {
        if (input.dtype == weight.dtype || input.dtype == Rounded?.dtype)
        {
            return Plain(input, Rounded ?? weight);
        }

        return Execution.ComputesInBFloat16 || input.device_type != DeviceType.CPU
            ? Plain(input, weight.to(input.dtype))
            : Plain(input.to(weight.dtype), weight).to(input.dtype);
    }

    private Tensor Plain(Tensor input, Tensor kernel) =>
        nn.functional.conv2d(
            input,
            kernel,
            strides: [stride, stride],
            padding: [padding, padding],
            dilation: [1, 1],
            groups: groups
        );
}
