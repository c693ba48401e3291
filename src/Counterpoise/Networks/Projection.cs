using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>A shortcut with a 1x1 convolution and normalisation (option B of He et al., CVPR 2016).</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private readonly Convolution convolution;
    private readonly BatchNormalisation normalisation;

    private Projection(int inputs, int outputs, int stride)
        : base("downsample")
    {
        convolution = new Convolution("0", inputs, outputs, 1, stride);
        normalisation = new BatchNormalisation("1", outputs);
        register_module("0", convolution);
        register_module("1", normalisation);
    }

    public override Tensor forward(Tensor input) => normalisation.call(convolution.call(input));

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) =>
        normalisation.Export(graph, convolution.Export(graph, map));

    /// <summary>The projection of a block, registered in it, where its shortcut must change the map's shape; else null.</summary>
    internal static Projection? WhereNeeded(nn.Module block, int inputs, int outputs, int stride)
    {
        if (inputs == outputs && stride == 1)
        {
            return null;
        }

        var projection = new Projection(inputs, outputs, stride);
        block.register_module("downsample", projection);
        return projection;
    }
}
