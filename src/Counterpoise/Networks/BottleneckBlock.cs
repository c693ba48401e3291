using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>1x1, 3x3 and 1x1 convolutions beside a shortcut; the stride is that of the 3x3 one, as in torchvision.</summary>
internal sealed class BottleneckBlock : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private const int Expansion = 4;
    private const int UsualWidth = 64;

    private readonly Convolution conv1;
    private readonly BatchNormalisation bn1;
    private readonly Convolution conv2;
    private readonly BatchNormalisation bn2;
    private readonly Convolution conv3;
    private readonly BatchNormalisation bn3;
    private readonly Projection? downsample;

    /// <param name="inputs">Input channels.</param>
    /// <param name="width">A quarter of the output channels.</param>
    /// <param name="stride">Step between outputs, in pixels.</param>
    /// <param name="groups">Groups of channels of the 3x3 convolution.</param>
    /// <param name="groupWidth">Channels of a group where the width is 64; more in proportion.</param>
    internal BottleneckBlock(int inputs, int width, int stride, int groups, int groupWidth)
        : base("block")
    {
        int inner = width * groupWidth / UsualWidth * groups;
        int outputs = width * Expansion;
        conv1 = new Convolution("conv1", inputs, inner, 1);
        bn1 = new BatchNormalisation("bn1", inner);
        conv2 = new Convolution("conv2", inner, inner, 3, stride, groups);
        bn2 = new BatchNormalisation("bn2", inner);
        conv3 = new Convolution("conv3", inner, outputs, 1);
        bn3 = new BatchNormalisation("bn3", outputs);
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        register_module("conv2", conv2);
        register_module("bn2", bn2);
        register_module("conv3", conv3);
        register_module("bn3", bn3);
        downsample = Projection.WhereNeeded(this, inputs, outputs, stride);
    }

    public override Tensor forward(Tensor input)
    {
        (Tensor output, Tensor again) = bn1.Fork(conv1, input);
        output = bn2.Activate(conv2, output);
        return bn3.Activate(conv3, output, downsample is null ? again : downsample.call(again));
    }

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue output = bn1.ExportActivated(graph, conv1.Export(graph, map));
        output = bn2.ExportActivated(graph, conv2.Export(graph, output));
        OnnxValue shortcut = downsample is null ? map : downsample.Export(graph, map);
        return bn3.ExportActivated(graph, conv3.Export(graph, output), shortcut);
    }
}
