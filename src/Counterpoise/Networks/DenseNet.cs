using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>
/// DenseNet-121 (Huang et al., CVPR 2017): growth 32, dense blocks of 6, 12, 24 and 16 layers. Parameters are named as in
/// torchvision.
/// </summary>
/// <remarks>
/// Stage k is dense block k with the transition behind it, the last one with the last normalisation. The stem of large
/// images is a 7x7 convolution of stride 2, normalised, and a max-pool; that of small ones a 3x3 convolution alone.
/// </remarks>
internal sealed class DenseNet : StagedNetwork
{
    private const int Growth = 32;
    private static readonly int[] Layers = [6, 12, 24, 16];

    private readonly DenseFeatures features;

    internal DenseNet(string name, bool smallImages, int classes, Draws draws)
        : base(name, ["input", "denseblock1", "denseblock2", "denseblock3", "denseblock4"])
    {
        features = new DenseFeatures(smallImages, Growth, Layers);
        register_module("features", features);
        Head = new LinearHead(Features, classes);
        Initialisation.Kaiming(this, draws);
    }

    public override int Features => features.Channels;

    public override string HeadName => "classifier";

    protected override Tensor RunStage(int stage, Tensor map) => features.RunStage(stage, map);

    /// <summary>A transition belongs to the block before it, the last normalisation to the last block.</summary>
    protected override int StageOf(string name) =>
        name.StartsWith("features.norm5", StringComparison.Ordinal)
            ? Layers.Length
            : base.StageOf(name.Replace("transition", "denseblock", StringComparison.Ordinal));

    internal override OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map) =>
        features.ExportStage(stage, graph, map);
}
