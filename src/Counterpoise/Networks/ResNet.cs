using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>
/// Residual networks of He et al. (CVPR 2016, section 4.1) with projections in the shortcuts (option B), and ResNeXt
/// (Xie et al., CVPR 2017). Parameters are named as in torchvision.
/// </summary>
/// <remarks>The stem of large images is a 7x7 convolution of stride 2 and a max-pool; that of small ones a 3x3 convolution.</remarks>
internal sealed class ResNet : StagedNetwork
{
    private const int Width = 64;

    private readonly Convolution conv1;
    private readonly BatchNormalisation bn1 = new("bn1", Width);
    private readonly Blocks[] groups = new Blocks[4];
    private readonly bool smallImages;

    internal ResNet(string name, ResNetSettings settings, int classes, Draws draws)
        : base(name, ["input", "layer1", "layer2", "layer3", "layer4"])
    {
        smallImages = settings.SmallImages;
        conv1 = smallImages ? new Convolution("conv1", 3, Width, 3) : new Convolution("conv1", 3, Width, 7, 2);
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        int inputs = Width;
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = Group(settings, inputs, Width << i, settings.Blocks[i], i == 0 ? 1 : 2);
            register_module(Stages[i + 1], groups[i]);
            inputs = (Width << i) * settings.Expansion;
        }

        Features = inputs;
        Head = new LinearHead(Features, classes);
        Initialisation.Kaiming(this, draws);
    }

    public override int Features { get; }

    public override string HeadName => "fc";

    protected override Tensor RunStage(int stage, Tensor map)
    {
        if (stage == 1)
        {
            map = bn1.Activate(conv1, map);
            map = smallImages ? map : nn.functional.max_pool2d(map, 3, stride: 2, padding: 1);
        }

        return groups[stage - 1].call(map);
    }

    internal override OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map)
    {
        if (stage == 1)
        {
            map = bn1.ExportActivated(graph, conv1.Export(graph, map));
            map = smallImages ? map : graph.MaxPool(map, kernel: 3, stride: 2, padding: 1);
        }

        return groups[stage - 1].Export(graph, map);
    }

    public override Func<nn.Module<Tensor, Tensor>> TakeLastBlock() => groups[^1].TakeLast();

    private static Blocks Group(ResNetSettings settings, int inputs, int width, int count, int stride) =>
        new(
            Enumerable
                .Range(0, count)
                .Select(i =>
                    (Func<nn.Module<Tensor, Tensor>>)(
                        () =>
                        {
                            int from = i == 0 ? inputs : width * settings.Expansion;
                            int step = i == 0 ? stride : 1;
                            return settings.Bottleneck
                                ? new BottleneckBlock(from, width, step, settings.Groups, settings.GroupWidth)
                                : new BasicBlock(from, width, step);
                        }
                    )
                )
        );
}

/// <summary>What tells residual networks apart.</summary>
/// <param name="Blocks">The number of blocks of each of the four groups.</param>
internal sealed record ResNetSettings(params int[] Blocks)
{
    /// <summary>Whether blocks are 1x1, 3x3, 1x1 convolutions instead of two 3x3 ones.</summary>
    internal bool Bottleneck { get; init; }

    /// <summary>Groups of channels in the 3x3 convolution of a bottleneck.</summary>
    internal int Groups { get; init; } = 1;

    /// <summary>Channels of each of those groups in the first stage; it doubles from stage to stage.</summary>
    internal int GroupWidth { get; init; } = 64;

    /// <summary>Whether the stem keeps the size of the images.</summary>
    internal bool SmallImages { get; init; }

    /// <summary>A block's output channels over its width.</summary>
    internal int Expansion => Bottleneck ? 4 : 1;
}
