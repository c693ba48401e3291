using Counterpoise.Data;
using Counterpoise.Kernels;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Turns uint8 images, or features, into what the network takes: normalised, channels-last, in the run's precision and place.</summary>
internal sealed class InputPipeline : IDisposable
{
    private const int Values = 256;

    /// <summary>Images may take this part of the free memory, which the network's maps need more.</summary>
    private const int ShareOfMemory = 4;
    private readonly Execution execution;
    private readonly Tensor mean;
    private readonly Tensor scale;
    private readonly Tensor? table;
    private readonly Dictionary<IImageSource, DeviceImages> kept = new(ReferenceEqualityComparer.Instance);

    internal InputPipeline(Normalisation normalisation, Execution execution)
    {
        this.execution = execution;
        using var scope = NewDisposeScope();
        float unit = normalisation.Unit;
        mean = tensor(normalisation.Mean.Select(value => value * unit).ToArray(), device: execution.TorchDevice)
            .reshape(-1, 1, 1)
            .DetachFromDisposeScope();
        scale = tensor(normalisation.Std.Select(value => 1 / (value * unit)).ToArray(), device: execution.TorchDevice)
            .reshape(-1, 1, 1)
            .DetachFromDisposeScope();
        if (normalisation.IsOfPixels)
        {
            Tensor bytes = arange(Values, ScalarType.Byte, execution.TorchDevice).expand(1, 3, 1, Values);
            table = Normalised(bytes).reshape(3, Values).contiguous().DetachFromDisposeScope();
        }
    }

    /// <summary>Whether images that are read have to be brought to another device.</summary>
    internal bool IsFarAway => execution.TorchDevice.type != TorchSharp.DeviceType.CPU;

    /// <summary>Keeps images on the run's device from here on, if they can be kept and there is room.</summary>
    /// <param name="images">The images.</param>
    /// <param name="margin">Zeros around each, in pixels, that crops reach into.</param>
    internal void Keep(IImageSource images, int margin)
    {
        long room = execution.FreeMemory / ShareOfMemory;
        if (DeviceImages.Of(images, margin, execution.TorchDevice, room) is { } there)
        {
            kept[images] = there;
        }
    }

    /// <summary>The same images on the run's device; null where they are not kept there.</summary>
    internal DeviceImages? Kept(IImageSource images) => kept.GetValueOrDefault(images);

    /// <param name="images">[N, 3, H, W], uint8, or features [N, D, 1, 1], float32; on the CPU or on the run's device.</param>
    /// <returns>The same shape in channels-last order, float32 or bfloat16, on the run's device.</returns>
    internal Tensor Prepare(Tensor images)
    {
        if (!execution.KeepsOnDevice && table is not null)
        {
            return PixelTable.Apply(images.contiguous(), table);
        }

        Tensor there =
            images.device_type == execution.TorchDevice.type ? images : Transfer.Up(images, execution.TorchDevice);
        return Normalised(there).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private Tensor Normalised(Tensor bytes) =>
        bytes.to(ScalarType.Float32).sub_(mean).mul_(scale).to(execution.ElementType);

    public void Dispose()
    {
        mean.Dispose();
        scale.Dispose();
        table?.Dispose();
        foreach (DeviceImages images in kept.Values)
        {
            images.Dispose();
        }
    }
}
