using Counterpoise.Interop.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>What features go through before a classifier of them: each is multiplied by a number of its own, then all vectors get one length where that is wanted.</summary>
/// <remarks>The numbers are buffers, so that checkpoints hold them; as the network is created they change nothing.</remarks>
internal sealed class FeatureScaling : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    /// <summary>The length that a vector counts as having at least, so that nothing is divided by zero.</summary>
    internal const double LeastLength = 1e-12;

    private const string Factors = "factors";
    private const string Length = "length";

    /// <param name="features">D: the length of a vector.</param>
    internal FeatureScaling(int features)
        : base("scaling")
    {
        register_buffer(Factors, ones(features));
        register_buffer(Length, zeros([]));
    }

    /// <summary>Takes over what was found.</summary>
    /// <param name="factors">[D], above 0.</param>
    /// <param name="length">The length that every vector gets; 0 leaves them as they are.</param>
    internal void Set(Tensor factors, double length)
    {
        using var noGradient = no_grad();
        get_buffer(Factors)!.copy_(factors);
        get_buffer(Length)!.fill_(length);
    }

    /// <param name="input">[N, D, 1, 1], centred.</param>
    /// <returns>The same shape and type.</returns>
    public override Tensor forward(Tensor input)
    {
        Tensor length = get_buffer(Length)!;
        Tensor scaled = input * get_buffer(Factors)!.view(-1, 1, 1).to(input.dtype);
        return where(length.gt(0), Unit(scaled) * length.to(input.dtype), scaled);
    }

    /// <summary>Vectors over their lengths.</summary>
    /// <param name="vectors">[N, D, ...].</param>
    internal static Tensor Unit(Tensor vectors) => nn.functional.normalize(vectors, 2, 1, LeastLength);

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue scaled = graph.Product(map, graph.Constant(get_buffer(Factors)!.view(-1, 1, 1)));
        float length = get_buffer(Length)!.item<float>();
        return length > 0 ? graph.Product(graph.Unit(scaled, axis: 1), graph.Number(length)) : scaled;
    }
}
