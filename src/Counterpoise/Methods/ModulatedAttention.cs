using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// Modulated attention (Liu et al., CVPR 2019): x + softmax over the places of A x, times M of self-attention over x.
/// </summary>
/// <remarks>
/// Self-attention is the embedded Gaussian of Wang et al. (CVPR 2018) with half of the channels; A is linear from the
/// whole map to a number a place. M starts at 0: at first the map goes through unchanged.
/// </remarks>
internal sealed class ModulatedAttention : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private readonly Parameter query;
    private readonly Parameter key;
    private readonly Parameter value;
    private readonly Parameter mask;
    private readonly Parameter spatial;

    [ComponentName(Name = "spatial_bias")]
    private readonly Parameter spatialBias;

    /// <param name="channels">C.</param>
    /// <param name="places">H W of the map.</param>
    internal ModulatedAttention(int channels, int places)
        : base("attention")
    {
        int inner = Math.Max(1, channels / 2);
        query = new Parameter(zeros(inner, channels));
        key = new Parameter(zeros(inner, channels));
        value = new Parameter(zeros(inner, channels));
        mask = new Parameter(zeros(channels, inner));
        spatial = new Parameter(zeros(places, (long)places * channels));
        spatialBias = new Parameter(zeros(places));
        register_parameter("query", query);
        register_parameter("key", key);
        register_parameter("value", value);
        register_parameter("mask", mask);
        register_parameter("spatial", spatial);
        register_parameter("spatial_bias", spatialBias);
    }

    /// <param name="input">[N, C, H, W], float32.</param>
    /// <returns>[N, C, H, W], float32.</returns>
    public override Tensor forward(Tensor input)
    {
        Tensor places = input.flatten(2).transpose(1, 2);
        Tensor affinity = nn.functional.linear(places, query).matmul(nn.functional.linear(places, key).transpose(1, 2));
        Tensor gathered = affinity.softmax(-1).matmul(nn.functional.linear(places, value));
        Tensor modulation = nn.functional.linear(gathered, mask);
        Tensor where = nn.functional.linear(input.flatten(1), spatial, spatialBias).softmax(1).unsqueeze(-1);
        return input + (where * modulation).transpose(1, 2).reshape(input.shape);
    }

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        long channels = query.shape[1];
        OnnxValue columns = graph.Reshape(map, 0, channels, -1);
        OnnxValue places = graph.Transpose(columns, 0, 2, 1);
        OnnxValue keys = graph.Transpose(Project(key, places), 0, 2, 1);
        OnnxValue affinity = graph.Softmax(graph.Matrix(Project(query, places), keys), axis: 2);
        OnnxValue modulation = Project(mask, graph.Matrix(affinity, Project(value, places)));
        OnnxValue where = graph.Softmax(graph.Linear(graph.Flatten(map), spatial, spatialBias), axis: 1);
        OnnxValue weighted = graph.Product(graph.Reshape(where, 0, -1, 1), modulation);
        OnnxValue change = graph.Transpose(weighted, 0, 2, 1);

        // The sum in columns needs no height and width.
        OnnxValue sum = graph.Sum(columns, change);
        return graph.Reshape(sum, 0, channels, -1, 1);

        OnnxValue Project(Tensor weight, OnnxValue rows) => graph.Matrix(rows, graph.Constant(weight.t()));
    }

    internal void Initialise(Draws draws)
    {
        const int first = 100; // Apart from the positions of the head's own parameters.
        foreach ((Parameter parameter, int index) in new[] { query, key, value, spatial }.Select((p, i) => (p, i)))
        {
            Initialisation.Uniform(parameter, 1 / Math.Sqrt(parameter.shape[1]), draws, first + index);
        }
    }
}
