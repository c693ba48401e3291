using Counterpoise.Data;
using Counterpoise.Kernels;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Turns uint8 images into what the network takes: normalised, channels-last, in the run's precision and place.</summary>
internal sealed class InputPipeline : IDisposable
{
    private const int Values = 256;
    private readonly Execution execution;
    private readonly Tensor mean;
    private readonly Tensor scale;
    private readonly Tensor table;

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
        Tensor bytes = arange(Values, ScalarType.Byte, execution.TorchDevice).expand(1, 3, 1, Values);
        table = Normalised(bytes).reshape(3, Values).contiguous().DetachFromDisposeScope();
    }

    /// <param name="images">[N, 3, H, W], uint8, on the CPU.</param>
    /// <returns>[N, 3, H, W] in channels-last order, float32 or bfloat16, on the run's device.</returns>
    internal Tensor Prepare(Tensor images)
    {
        if (execution.TorchDevice.type == TorchSharp.DeviceType.CPU)
        {
            return PixelTable.Apply(images.contiguous(), table);
        }

        Tensor ordered = Normalised(images.to(execution.TorchDevice)).permute(0, 2, 3, 1).contiguous();
        return ordered.permute(0, 3, 1, 2);
    }

    private Tensor Normalised(Tensor bytes) =>
        bytes.to(ScalarType.Float32).sub_(mean).mul_(scale).to(execution.ElementType);

    public void Dispose()
    {
        mean.Dispose();
        scale.Dispose();
        table.Dispose();
    }
}
