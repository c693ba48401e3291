using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>Mixes features of a mini-batch. The gradient flows into both terms (equation 16 of the paper's supplement).</summary>
internal static class FeatureMixing
{
    /// <summary>z'_n = (1 - f_n) z_n + f_n z_p(n).</summary>
    /// <param name="features">z: [N, ...], any floating type.</param>
    /// <param name="partner">p: [N], int64.</param>
    /// <param name="weight">f: [N], float32.</param>
    /// <returns>[N, ...] of the features' type and memory order.</returns>
    internal static Tensor Apply(Tensor features, Tensor partner, Tensor weight)
    {
        // Rows of a map in channels-last order are contiguous in this view, which keeps that order in the result.
        Tensor rows = features.dim() == 4 ? features.permute(0, 2, 3, 1) : features;
        long[] shape = [rows.shape[0], .. Enumerable.Repeat(1L, (int)rows.dim() - 1)];
        Tensor mixed = lerp(rows, rows.index_select(0, partner), weight.to(features.dtype).reshape(shape));
        return features.dim() == 4 ? mixed.permute(0, 3, 1, 2) : mixed;
    }
}
