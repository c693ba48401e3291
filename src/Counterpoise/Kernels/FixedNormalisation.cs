using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>A normalisation whose moments are fixed: z = scale x + shift.</summary>
/// <param name="Scale">[channels], float32.</param>
/// <param name="Shift">[channels], float32.</param>
internal sealed record FixedNormalisation(Tensor Scale, Tensor Shift)
{
    /// <summary>z = weight (x - mean) / sqrt(variance + epsilon) + bias.</summary>
    /// <remarks>Plain numbers: an operation of TorchSharp wraps its scalars in objects that a collection may finalize meanwhile.</remarks>
    /// <param name="weight">[channels], float32, as the others.</param>
    /// <param name="bias">[channels].</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    internal static unsafe FixedNormalisation Of(
        Tensor weight,
        Tensor bias,
        Tensor mean,
        Tensor variance,
        double epsilon
    )
    {
        long channels = weight.shape[0];
        var normalisation = new FixedNormalisation(empty(channels), empty(channels));
        float* scales = Maps.Vector(normalisation.Scale);
        float* shifts = Maps.Vector(normalisation.Shift);
        float* weights = Maps.Vector(weight);
        float* biases = Maps.Vector(bias);
        float* means = Maps.Vector(mean);
        float* variances = Maps.Vector(variance);
        for (int channel = 0; channel < channels; channel++)
        {
            scales[channel] = weights[channel] / MathF.Sqrt(variances[channel] + (float)epsilon);
            shifts[channel] = biases[channel] - (means[channel] * scales[channel]);
        }

        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        GC.KeepAlive(mean);
        GC.KeepAlive(variance);
        return normalisation;
    }
}
