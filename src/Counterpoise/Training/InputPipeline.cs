using Counterpoise.Data;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>Turns uint8 images into what the network takes: normalised, channels-last, in the run's precision and place.</summary>
internal sealed class InputPipeline : IDisposable
{
    private readonly Execution execution;
    private readonly Tensor mean;
    private readonly Tensor scale;

    internal InputPipeline(Normalisation normalisation, Execution execution)
    {
        this.execution = execution;
        using var scope = NewDisposeScope();
        mean = tensor(normalisation.Mean.Select(value => value * 255).ToArray(), device: execution.TorchDevice)
            .reshape(3, 1, 1)
            .DetachFromDisposeScope();
        scale = tensor(normalisation.Std.Select(value => 1 / (value * 255)).ToArray(), device: execution.TorchDevice)
            .reshape(3, 1, 1)
            .DetachFromDisposeScope();
    }

    /// <param name="images">[N, 3, H, W], uint8, on the CPU.</param>
    /// <returns>[N, 3, H, W] in channels-last order, float32 or bfloat16, on the run's device.</returns>
    internal Tensor Prepare(Tensor images) =>
        images
            .to(execution.TorchDevice)
            .to(ScalarType.Float32)
            .sub_(mean)
            .mul_(scale)
            .to(execution.ElementType)
            .permute(0, 2, 3, 1)
            .contiguous()
            .permute(0, 3, 1, 2);

    public void Dispose()
    {
        mean.Dispose();
        scale.Dispose();
    }
}
