using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>
/// The residual network for CIFAR of He et al. (CVPR 2016, section 4.2): a 3x3 stem, three groups of n blocks with 16,
/// 32 and 64 channels, 6n + 2 layers, parameter-free shortcuts (option A). ResNet-32 has 464,154 parameters for 10 classes.
/// </summary>
internal sealed class CifarResNet : StagedNetwork
{
    private readonly Convolution conv1 = new("conv1", 3, 16, 3);
    private readonly BatchNormalisation bn1 = new("bn1", 16);
    private readonly Blocks[] groups;

    /// <param name="depth">6n + 2: 8, 20, 32, 44, 56 or 110.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="draws">Where the initial parameters come from.</param>
    internal CifarResNet(int depth, int classes, Draws draws)
        : base($"resnet{depth}", ["input", "layer1", "layer2", "layer3"])
    {
        int blocks = (depth - 2) / 6;
        groups = [Group(16, 16, blocks), Group(16, 32, blocks), Group(32, 64, blocks)];
        register_module("conv1", conv1);
        register_module("bn1", bn1);
        for (int i = 0; i < groups.Length; i++)
        {
            register_module(Stages[i + 1], groups[i]);
        }

        Head = new LinearHead(Features, classes);
        Initialisation.Kaiming(this, draws);
    }

    public override int Features => 64;

    protected override Tensor RunStage(int stage, Tensor map) =>
        groups[stage - 1].call(stage == 1 ? bn1.Activate(conv1, map) : map);

    internal override OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map) =>
        groups[stage - 1].Export(graph, stage == 1 ? bn1.ExportActivated(graph, conv1.Export(graph, map)) : map);

    public override Func<nn.Module<Tensor, Tensor>> TakeLastBlock() => groups[^1].TakeLast();

    private static Blocks Group(int inputs, int outputs, int count) =>
        new(Enumerable.Range(0, count).Select(i => (Func<Block>)(() => new Block(i == 0 ? inputs : outputs, outputs))));

    /// <summary>Two 3x3 convolutions beside a shortcut; a block that widens also halves the map.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>, IOnnxLayer
    {
        private readonly Convolution conv1;
        private readonly BatchNormalisation bn1;
        private readonly Convolution conv2;
        private readonly BatchNormalisation bn2;
        private readonly int padding;

        internal Block(int inputs, int outputs)
            : base("block")
        {
            int stride = outputs / inputs;
            padding = (outputs - inputs) / 2;
            conv1 = new Convolution("conv1", inputs, outputs, 3, stride);
            bn1 = new BatchNormalisation("bn1", outputs);
            conv2 = new Convolution("conv2", outputs, outputs, 3);
            bn2 = new BatchNormalisation("bn2", outputs);
            register_module("conv1", conv1);
            register_module("bn1", bn1);
            register_module("conv2", conv2);
            register_module("bn2", bn2);
        }

        public override Tensor forward(Tensor input)
        {
            (Tensor output, Tensor again) = bn1.Fork(conv1, input);
            return bn2.Activate(conv2, output, Shortcut(again));
        }

        public OnnxValue Export(OnnxGraph graph, OnnxValue map)
        {
            OnnxValue output = bn1.ExportActivated(graph, conv1.Export(graph, map));
            OnnxValue shortcut = padding == 0 ? map : graph.HalfWithZeros(map, padding);
            return bn2.ExportActivated(graph, conv2.Export(graph, output), shortcut);
        }

        /// <summary>Option A: every second pixel, and zeros for the new channels, half of them on each side.</summary>
        private Tensor Shortcut(Tensor input) =>
            padding == 0
                ? input
                : nn.functional.pad(
                    input[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)],
                    [0, 0, 0, 0, padding, padding]
                );
    }
}
