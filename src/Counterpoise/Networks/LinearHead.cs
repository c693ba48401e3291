using Counterpoise.Interop.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Global average pooling, where wanted one layer with a rectifier, and a linear classifier, all in float32.</summary>
internal sealed class LinearHead : Head, IOnnxLayer
{
    [ComponentName(Name = "embedding_weight")]
    private readonly Parameter? embeddingWeight;

    [ComponentName(Name = "embedding_bias")]
    private readonly Parameter? embeddingBias;
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="features">The channels of the map.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="embedding">The width of the layer before the classifier; 0 for none.</param>
    internal LinearHead(int features, int classes, int embedding = 0)
        : base("linear")
    {
        if (embedding > 0)
        {
            embeddingWeight = new Parameter(zeros(embedding, features));
            embeddingBias = new Parameter(zeros(embedding));
            register_parameter("embedding_weight", embeddingWeight);
            register_parameter("embedding_bias", embeddingBias);
        }

        weight = new Parameter(zeros(classes, embedding > 0 ? embedding : features));
        bias = new Parameter(zeros(classes));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /// <summary>The width of the layer before the classifier; 0 where there is none.</summary>
    internal int EmbeddingWidth => embeddingWeight is null ? 0 : (int)embeddingWeight.shape[0];

    /// <summary>[classes, features].</summary>
    internal Parameter Weight => weight;

    /// <summary>[classes].</summary>
    internal Parameter Bias => bias;

    /// <inheritdoc/>
    internal override bool HasRows => embeddingWeight is null;

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(Embed(input), Weight, Bias);

    /// <summary>What the classifier sees: [N, features], float32.</summary>
    internal Tensor Embed(Tensor map) =>
        embeddingWeight is null ? Pool(map) : nn.functional.linear(Pool(map), embeddingWeight, embeddingBias!).relu_();

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) => graph.Linear(ExportEmbedded(graph, map), Weight, Bias);

    /// <summary>As ONNX operators: what the classifier sees.</summary>
    internal OnnxValue ExportEmbedded(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue pooled = graph.Pool(map);
        return embeddingWeight is null ? pooled : graph.Relu(graph.Linear(pooled, embeddingWeight, embeddingBias));
    }
}
