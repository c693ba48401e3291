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
    private readonly Tensor mean;
    private readonly Tensor variance;
    private readonly Tensor batches;

    internal BatchNormalisation(string name, int channels)
        : base(name)
    {
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        mean = zeros(channels);
        variance = ones(channels);
        batches = zeros(1, dtype: ScalarType.Int64).reshape([]);
        register_parameter("weight", weight);
        register_parameter("bias", bias);
        register_buffer("running_mean", mean);
        register_buffer("running_var", variance);
        register_buffer("num_batches_tracked", batches);
    }

    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <returns>[N, C, H, W] of the input's type.</returns>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            batches.add_(1);
        }

        return nn.functional.batch_norm(input, mean, variance, weight, bias, training, Momentum, Epsilon);
    }
}
