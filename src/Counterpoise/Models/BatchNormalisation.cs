using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>Batch normalisation with float32 parameters and statistics for inputs of any precision.</summary>
/// <remarks>Momentum 0.1 and epsilon 1e-5; parameters and buffers are named as in PyTorch.</remarks>
internal sealed class BatchNormalisation : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private readonly Parameter weight;
    private readonly Parameter bias;

    internal BatchNormalisation(string name, int channels)
        : base(name)
    {
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
        register_buffer("running_mean", zeros(channels));
        register_buffer("running_var", ones(channels));
        register_buffer("num_batches_tracked", zeros([], dtype: ScalarType.Int64));
    }

    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <returns>[N, C, H, W] of the input's type.</returns>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            Statistic("num_batches_tracked").add_(1);
        }

        return nn.functional.batch_norm(
            input,
            Statistic("running_mean"),
            Statistic("running_var"),
            weight,
            bias,
            training,
            Momentum,
            Epsilon
        );
    }

    /// <summary>Looked up each time: moving a module to another device replaces its buffers.</summary>
    private Tensor Statistic(string name) => get_buffer(name)!;
}
