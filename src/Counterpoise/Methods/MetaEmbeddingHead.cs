using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// The second stage of OLTR (Liu et al., CVPR 2019): attention over the map, a memory of the classes' centroids that is
/// read into the features, and a cosine classifier.
/// </summary>
/// <remarks>
/// v = softmax(W_h x + b_h) M with the centroids M, e = tanh(W_s x + b_s), x' = 10 / min_c |x - m_c| (x + e v), and
/// z_c = 16 |x'| / (1 + |x'|) cos(x', w_c). The classifier reads the centroids without a gradient: they learn by
/// L = sum |x - m_y|^2 / (2 B) + 0.01 max(0, 10 - sum_(c not y) |x - m_c|^2 / (B C)) alone, and in its first term their
/// gradient is divided by one more than the number of the class's examples in the batch, and not weighted.
/// </remarks>
internal sealed class MetaEmbeddingHead : Head, IOnnxLayer
{
    private const double Scale = 16;
    private const double Reach = 10;
    private const double Nearest = 1e-6;
    private const double Margin = 10;
    private const double RepelWeight = 0.01;
    private readonly LinearHead memory;
    private readonly ModulatedAttention attention;

    [ComponentName(Name = "selector_weight")]
    private readonly Parameter selectorWeight;

    [ComponentName(Name = "selector_bias")]
    private readonly Parameter selectorBias;
    private readonly Parameter weight;
    private readonly Parameter centroids;
    private readonly double centroidWeight;

    /// <param name="memory">The first stage's classifier: W_h, and the layer before it if there is one.</param>
    /// <param name="attention">What the map goes through first.</param>
    /// <param name="centroidWeight">The weight of L in the loss.</param>
    internal MetaEmbeddingHead(LinearHead memory, ModulatedAttention attention, double centroidWeight)
        : base("meta-embedding")
    {
        (long classes, long features) = (memory.Weight.shape[0], memory.Weight.shape[1]);
        this.memory = memory;
        this.attention = attention;
        this.centroidWeight = centroidWeight;
        selectorWeight = new Parameter(zeros(features, features));
        selectorBias = new Parameter(zeros(features));
        weight = new Parameter(zeros(classes, features));
        centroids = new Parameter(zeros(classes, features));
        register_module("attention", attention);
        register_module("memory", memory);
        register_parameter("selector_weight", selectorWeight);
        register_parameter("selector_bias", selectorBias);
        register_parameter("weight", weight);
        register_parameter("centroids", centroids);
    }

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) => Logits(Embed(input));

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue features = memory.ExportEmbedded(graph, attention.Export(graph, map));
        OnnxValue read = graph.Softmax(graph.Linear(features, memory.Weight, memory.Bias), axis: 1);
        OnnxValue hallucinated = graph.Matrix(read, graph.Constant(centroids));
        OnnxValue selector = graph.Tanh(graph.Linear(features, selectorWeight, selectorBias));
        OnnxValue rows = graph.Reshape(features, 0, 1, weight.shape[1]);
        OnnxValue apart = graph.NormOver(graph.Difference(rows, graph.Constant(centroids)), axis: 2);
        OnnxValue nearest = graph.Reshape(graph.LeastOver(apart, axis: 1), 0, 1);
        OnnxValue reach = graph.Quotient(graph.Number(Reach), graph.AtLeast(nearest, Nearest));
        OnnxValue met = graph.Product(graph.Sum(features, graph.Product(selector, hallucinated)), reach);
        OnnxValue squashed = graph.Quotient(met, graph.Sum(graph.NormOver(met, axis: 1), graph.Number(1)));
        return graph.Linear(squashed, CosineHead.Unit(weight) * Scale, null);
    }

    /// <inheritdoc/>
    public override HeadOutput Train(IReadOnlyList<Tensor> maps, IReadOnlyList<Tensor> labels, in StepContext context)
    {
        Tensor features = Embed(maps[0]);
        return new HeadOutput(Logits(features), CentroidLoss(features, labels[0], centroids, centroidWeight));
    }

    /// <summary>Draws what the first stage does not have.</summary>
    internal void Initialise(Draws draws)
    {
        double bound = 1 / Math.Sqrt(weight.shape[1]);
        Initialisation.Uniform(selectorWeight, bound, draws, 0);
        Initialisation.Uniform(selectorBias, bound, draws, 1);
        Initialisation.Uniform(weight, bound, draws, 2);
        attention.Initialise(draws);
    }

    /// <summary>Makes the centroids the means of the classes' features.</summary>
    internal void StartCentroids(PhaseStart start)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        centroids.zero_();
        start.ForEachTrainingBatch(
            (map, labels, shares) => centroids.index_add_(0, labels, Embed(map) * shares.unsqueeze(1), 1)
        );
        float[] counts = [.. start.ClassCounts.Select(count => (float)count)];
        centroids.div_(Transfer.Up(counts, centroids.device).unsqueeze(1));
    }

    /// <summary>L.</summary>
    /// <param name="features">x: [N, features].</param>
    /// <param name="labels">y: [N], int64.</param>
    /// <param name="centroids">m: [classes, features].</param>
    /// <param name="share">The weight of L in the loss.</param>
    /// <returns>L times its weight, a scalar; the gradient that pulls centroids is not weighted, as in the authors' code.</returns>
    internal static Tensor CentroidLoss(Tensor features, Tensor labels, Tensor centroids, double share)
    {
        long batch = features.shape[0];
        long classes = centroids.shape[0];
        Tensor own = centroids.index_select(0, labels);
        Tensor attract = (features - own.detach()).square().sum() / (2 * batch);
        Tensor part =
            1 / (1 + nn.functional.one_hot(labels, classes).sum([0])).to(ScalarType.Float32).index_select(0, labels);
        Tensor pull = ((features.detach() - own).square().sum([1]) * part).sum() / (2 * batch);
        Tensor others = 1 - nn.functional.one_hot(labels, classes).to(ScalarType.Float32);
        Tensor apart = (SquaredDistances(features, centroids) * others).sum() / (batch * classes);

        // The pull gives the centroids their gradient and the loss nothing.
        return ((attract + ((Margin - apart).clamp_min(0) * RepelWeight)) * share) + (pull - pull.detach());
    }

    private Tensor Embed(Tensor map) => memory.Embed(attention.call(map.to(ScalarType.Float32)));

    private Tensor Logits(Tensor features)
    {
        Tensor fixedCentroids = centroids.detach();
        Tensor hallucinated = nn
            .functional.linear(features, memory.Weight, memory.Bias)
            .softmax(1)
            .matmul(fixedCentroids);
        Tensor selector = nn.functional.linear(features, selectorWeight, selectorBias).tanh();
        Tensor nearest = cdist(features, fixedCentroids).amin([1], keepdim: true).clamp_min(Nearest);
        Tensor met = (features + (selector * hallucinated)) * (Reach / nearest);
        Tensor norm = met.norm(1, keepdim: true, p: 2f);
        return nn.functional.linear(met / (1 + norm), CosineHead.Unit(weight)) * Scale;
    }

    /// <summary>|x_n - m_c|^2: [N, classes].</summary>
    private static Tensor SquaredDistances(Tensor features, Tensor centroids) =>
        (
            features.square().sum([1], keepdim: true)
            + centroids.square().sum([1])
            - (2 * features.matmul(centroids.t()))
        ).clamp_min(0);
}
