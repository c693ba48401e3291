using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>A linear classifier whose classes' weights were divided by a power of their norms: w_c / |w_c|^tau.</summary>
internal sealed class NormalisedHead : Head, IOnnxLayer
{
    private const string Power = "tau";
    private readonly Parameter weight;
    private readonly Parameter bias;

    internal NormalisedHead(int features, int classes)
        : base("normalised")
    {
        weight = new Parameter(zeros(classes, features));
        bias = new Parameter(zeros(classes));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
        register_buffer(Power, zeros([]));
    }

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(Pool(input), weight, bias);

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) => graph.Linear(graph.Pool(map), weight, bias);

    /// <summary>Takes over a linear classifier.</summary>
    /// <param name="from">The classifier.</param>
    /// <param name="tau">The power: 0 leaves the weights, 1 gives all of them norm 1.</param>
    /// <param name="keepBias">Whether the bias is taken over; otherwise it is 0.</param>
    internal void Take(LinearHead from, double tau, bool keepBias)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        weight.copy_(Normalise(from.Weight, tau));
        bias.copy_(keepBias ? from.Bias : zeros_like(from.Bias));
        get_buffer(Power)!.fill_(tau);
    }

    /// <summary>w_c / |w_c|^tau of every row.</summary>
    internal static Tensor Normalise(Tensor weight, double tau) =>
        weight / weight.norm(1, keepdim: true, p: 2f).clamp_min(1e-12).pow(tau);
}
