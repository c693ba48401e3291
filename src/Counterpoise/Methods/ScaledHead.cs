using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Another head's logits, each class's times a number that is learnt.</summary>
internal sealed class ScaledHead : Head, IOnnxLayer
{
    private readonly Head classifier;
    private readonly Parameter scale;

    internal ScaledHead(Head classifier, int classes)
        : base("scaled")
    {
        this.classifier = classifier;
        scale = new Parameter(ones(classes));
        register_module("classifier", classifier);
        register_parameter("scale", scale);
    }

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) => classifier.call(input) * scale;

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) =>
        graph.Product(classifier.Export(graph, map), graph.Constant(scale));
}
