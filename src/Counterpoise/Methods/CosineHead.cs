using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Scaled cosines between the pooled features and a vector per class, without bias: s cos(x, w_c).</summary>
internal sealed class CosineHead : Head, IOnnxLayer
{
    private readonly Parameter weight;
    private readonly double scale;

    /// <param name="features">The channels of the map.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="scale">s.</param>
    internal CosineHead(int features, int classes, double scale)
        : base("cosine")
    {
        this.scale = scale;
        weight = new Parameter(zeros(classes, features));
        register_parameter("weight", weight);
    }

    /// <inheritdoc/>
    internal override bool HasScale => false;

    /// <inheritdoc/>
    internal override bool HasRows => true;

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32, from -s to s.</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(Unit(Pool(input)), Unit(weight)) * scale;

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) =>
        graph.Linear(graph.Unit(graph.Pool(map), axis: 1), Unit(weight) * scale, null);

    /// <summary>Draws the classes' vectors on the unit sphere.</summary>
    internal void Initialise(Draws draws)
    {
        Initialisation.Kaiming(this, draws);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        weight.copy_(Unit(weight));
    }

    /// <summary>Rows of length 1; a row of zeros stays as it is.</summary>
    internal static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, 2, 1);
}
