using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Two 3x3 convolutions beside a shortcut, which is a projection where the map changes its shape.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private readonly Convolution conv1;
    private readonly BatchNormalisation bn1;
    private readonly Convolution conv2;
    private readonly BatchNormalisation bn2;
    private readonly Projection? downsample;

    internal BasicBlock(int inputs, int width, int stride)
        : base("block")
    {
        conv1 = new Convolution("conv1", inputs, width, 3, stride);
        bn1 = new BatchNormalisation("bn1", width);
        conv2 = new Convolution("conv2", width, width, 3);
        bn2 = new BatchNormalisation("bn2", width);
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        register_module("conv2", conv2);
        register_module("bn2", bn2);
        downsample = Projection.WhereNeeded(this, inputs, width, stride);
    }

    public override Tensor forward(Tensor input)
    {
        (Tensor output, Tensor again) = bn1.Fork(conv1, input);
        return bn2.Activate(conv2, output, downsample is null ? again : downsample.call(again));
    }

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue output = bn1.ExportActivated(graph, conv1.Export(graph, map));
        OnnxValue shortcut = downsample is null ? map : downsample.Export(graph, map);
        return bn2.ExportActivated(graph, conv2.Export(graph, output), shortcut);
    }
}
