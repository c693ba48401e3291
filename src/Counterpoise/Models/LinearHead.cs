using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>Global average pooling and a linear classifier, both in float32.</summary>
internal sealed class LinearHead : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    internal LinearHead(string name, int features, int classes)
        : base(name)
    {
        weight = new Parameter(zeros(classes, features));
        bias = new Parameter(zeros(classes));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.linear(input.to(ScalarType.Float32).mean([2, 3]), weight, bias);
}
