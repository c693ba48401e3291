using Counterpoise.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>All of a DenseNet but its classifier: what torchvision calls <c>features</c>.</summary>
internal sealed class DenseFeatures : nn.Module<Tensor, Tensor>
{
    private readonly Convolution conv0;
    private readonly BatchNormalisation? norm0;
    private readonly DenseLayer[][] blocks;
    private readonly BatchNormalisation[] norms;
    private readonly Convolution[] transitions;

    /// <param name="smallImages">Whether the stem keeps the size of the images.</param>
    /// <param name="growth">Channels that a layer adds; the stem gives twice as many.</param>
    /// <param name="layers">Layers of each dense block.</param>
    internal DenseFeatures(bool smallImages, int growth, int[] layers)
        : base("features")
    {
        int channels = 2 * growth;
        conv0 = smallImages ? new Convolution("conv0", 3, channels, 3) : new Convolution("conv0", 3, channels, 7, 2);
        register_module("conv0", conv0);
        if (!smallImages)
        {
            norm0 = new BatchNormalisation("norm0", channels);
            register_module("norm0", norm0);
        }

        blocks = new DenseLayer[layers.Length][];
        norms = new BatchNormalisation[layers.Length];
        transitions = new Convolution[layers.Length - 1];
        for (int b = 0; b < layers.Length; b++)
        {
            int inputs = channels;
            blocks[b] = [.. Enumerable.Range(0, layers[b]).Select(i => new DenseLayer(inputs + (i * growth), growth))];
            register_module($"denseblock{b + 1}", new Named("denselayer", blocks[b]));
            channels += layers[b] * growth;
            norms[b] = new BatchNormalisation("norm", channels);
            if (b < transitions.Length)
            {
                transitions[b] = new Convolution("conv", channels, channels / 2, 1);
                register_module($"transition{b + 1}", new Transition(norms[b], transitions[b]));
                channels /= 2;
            }
        }

        register_module("norm5", norms[^1]);
        Channels = channels;
    }

    /// <summary>The channels of the last map.</summary>
    internal int Channels { get; }

    public override Tensor forward(Tensor input) =>
        Enumerable.Range(1, blocks.Length).Aggregate(input, (map, stage) => RunStage(stage, map));

    /// <summary>A dense block with the transition or the normalisation behind it; the first with the stem before it.</summary>
    internal Tensor RunStage(int stage, Tensor map)
    {
        using var scope = NewDisposeScope();
        map = stage == 1 ? Stem(map) : map;
        foreach (DenseLayer layer in blocks[stage - 1])
        {
            // Every layer copies the maps of all before it: what is kept to the end of a stage grows with its square.
            using var ofLayer = NewDisposeScope();
            Tensor before = map;
            map = cat([map, layer.call(map)], 1).MoveToOuterDisposeScope();
            if (layer != blocks[stage - 1][0])
            {
                before.Dispose();
            }
        }

        Tensor active = norms[stage - 1].Activate(map);
        Tensor result =
            stage > transitions.Length
                ? active
                : nn.functional.avg_pool2d(transitions[stage - 1].call(active), 2, stride: 2);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>As ONNX operators: what <see cref="RunStage"/> computes.</summary>
    internal OnnxValue ExportStage(int stage, OnnxGraph graph, OnnxValue map)
    {
        map = stage == 1 ? ExportStem(graph, map) : map;
        foreach (DenseLayer layer in blocks[stage - 1])
        {
            map = graph.Concatenate(map, layer.Export(graph, map));
        }

        OnnxValue active = norms[stage - 1].ExportActivated(graph, map);
        return stage > transitions.Length
            ? active
            : graph.AveragePool(transitions[stage - 1].Export(graph, active), kernel: 2, stride: 2);
    }

    private OnnxValue ExportStem(OnnxGraph graph, OnnxValue images)
    {
        OnnxValue map = conv0.Export(graph, images);
        return norm0 is null ? map : graph.MaxPool(norm0.ExportActivated(graph, map), kernel: 3, stride: 2, padding: 1);
    }

    private Tensor Stem(Tensor images) =>
        norm0 is null
            ? conv0.call(images)
            : nn.functional.max_pool2d(norm0.Activate(conv0, images), 3, stride: 2, padding: 1);

    /// <summary>Two convolutions, each normalised and rectified before, of which the second gives the new channels.</summary>
    private sealed class DenseLayer : nn.Module<Tensor, Tensor>, IOnnxLayer
    {
        private const int Bottleneck = 4;
        private readonly BatchNormalisation norm1;
        private readonly Convolution conv1;
        private readonly BatchNormalisation norm2;
        private readonly Convolution conv2;

        internal DenseLayer(int inputs, int growth)
            : base("denselayer")
        {
            norm1 = new BatchNormalisation("norm1", inputs);
            conv1 = new Convolution("conv1", inputs, Bottleneck * growth, 1);
            norm2 = new BatchNormalisation("norm2", Bottleneck * growth);
            conv2 = new Convolution("conv2", Bottleneck * growth, growth, 3);
            register_module("norm1", norm1);
            register_module("conv1", conv1);
            register_module("norm2", norm2);
            register_module("conv2", conv2);
        }

        public override Tensor forward(Tensor input) => conv2.call(norm2.Activate(conv1, norm1.Activate(input)));

        public OnnxValue Export(OnnxGraph graph, OnnxValue map)
        {
            OnnxValue output = conv1.Export(graph, norm1.ExportActivated(graph, map));
            return conv2.Export(graph, norm2.ExportActivated(graph, output));
        }
    }

    /// <summary>Gives layers their names; the block runs them.</summary>
    private sealed class Named : nn.Module
    {
        internal Named(string prefix, DenseLayer[] layers)
            : base(prefix)
        {
            for (int i = 0; i < layers.Length; i++)
            {
                register_module($"{prefix}{i + 1}", layers[i]);
            }
        }
    }

    /// <summary>Gives a transition's parts their names; the stage runs them.</summary>
    private sealed class Transition : nn.Module
    {
        internal Transition(BatchNormalisation norm, Convolution convolution)
            : base("transition")
        {
            register_module("norm", norm);
            register_module("conv", convolution);
        }
    }
}
