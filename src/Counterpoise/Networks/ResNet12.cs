using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>
/// ResNet-12 as in few-shot learning (FEAT: Ye et al., CVPR 2020): four blocks of 64, 160, 320 and 640 channels, each of
/// three 3x3 convolutions beside a projection, LeakyReLU with slope 0.1, and a 2x2 max-pool. No DropBlock.
/// </summary>
internal sealed class ResNet12 : StagedNetwork
{
    private static readonly int[] Widths = [64, 160, 320, 640];

    private readonly Blocks[] groups = new Blocks[Widths.Length];

    internal ResNet12(string name, int classes, Draws draws)
        : base(name, ["input", "layer1", "layer2", "layer3", "layer4"])
    {
        for (int i = 0; i < groups.Length; i++)
        {
            int inputs = i == 0 ? 3 : Widths[i - 1];
            int outputs = Widths[i];
            groups[i] = new Blocks([() => new Block(inputs, outputs)]);
            register_module(Stages[i + 1], groups[i]);
        }

        Head = new LinearHead(Features, classes);
        Initialisation.Kaiming(this, draws);
    }

    public override int Features => Widths[^1];

    public override string HeadName => "fc";

    protected override Tensor RunStage(int stage, Tensor map) => groups[stage - 1].call(map);

    internal override OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map) =>
        groups[stage - 1].Export(graph, map);

    public override Func<nn.Module<Tensor, Tensor>> TakeLastBlock() => groups[^1].TakeLast();

    private sealed class Block : nn.Module<Tensor, Tensor>, IOnnxLayer
    {
        private const double Slope = 0.1;
        private readonly Convolution[] convolutions;
        private readonly BatchNormalisation[] normalisations;
        private readonly Projection downsample;

        internal Block(int inputs, int outputs)
            : base("block")
        {
            convolutions =
            [
                new Convolution("conv1", inputs, outputs, 3),
                new Convolution("conv2", outputs, outputs, 3),
                new Convolution("conv3", outputs, outputs, 3),
            ];
            normalisations = [.. Enumerable.Range(1, 3).Select(i => new BatchNormalisation($"bn{i}", outputs))];
            for (int i = 0; i < convolutions.Length; i++)
            {
                register_module($"conv{i + 1}", convolutions[i]);
                register_module($"bn{i + 1}", normalisations[i]);
            }

            downsample = Projection.WhereNeeded(this, inputs, outputs, 1)!;
        }

        public override Tensor forward(Tensor input)
        {
            Tensor map = Normalised(0, input);
            map = Normalised(1, Leaky(map));
            map = Normalised(2, Leaky(map));
            return nn.functional.max_pool2d(Leaky(map + downsample.call(input)), 2);
        }

        public OnnxValue Export(OnnxGraph graph, OnnxValue map)
        {
            OnnxValue output = map;
            for (int layer = 0; layer < convolutions.Length; layer++)
            {
                output = layer == 0 ? output : graph.LeakyRelu(output, Slope);
                output = normalisations[layer].Export(graph, convolutions[layer].Export(graph, output));
            }

            OnnxValue sum = graph.Sum(output, downsample.Export(graph, map));
            return graph.MaxPool(graph.LeakyRelu(sum, Slope), kernel: 2, stride: 2, padding: 0);
        }

        private Tensor Normalised(int layer, Tensor map) => normalisations[layer].call(convolutions[layer].call(map));

        private static Tensor Leaky(Tensor map) => nn.functional.leaky_relu(map, Slope);
    }
}
