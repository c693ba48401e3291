using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>What a network says about a batch of images, as numbers.</summary>
/// <param name="Predicted">[N]: the most probable class.</param>
/// <param name="Confidence">[N]: its probability, 0 to 1.</param>
/// <param name="Entropy">[N]: the entropy of the probabilities, in nats.</param>
/// <param name="Features">[N] of [D]: f(x), the mean of the last map over its places.</param>
/// <param name="Probabilities">[N] of [classes]; null where nobody asked for them.</param>
internal sealed record Outputs(
    long[] Predicted,
    float[] Confidence,
    float[] Entropy,
    float[][] Features,
    float[][]? Probabilities
)
{
    /// <param name="head">The classifier.</param>
    /// <param name="map">The last stage's map [N, C, H, W].</param>
    /// <param name="withProbabilities">Whether they are asked for.</param>
    internal static Outputs Of(Head head, Tensor map, bool withProbabilities = false)
    {
        Tensor logProbabilities = head.call(map).log_softmax(1);
        Tensor probabilities = logProbabilities.exp();
        (Tensor confidence, Tensor predicted) = probabilities.max(1);

        // p log p is 0 where p is 0, though log p may be minus infinity.
        Tensor terms = (probabilities * logProbabilities).nan_to_num(0, 0, 0);
        Tensor features = Head.Pool(map);
        int width = (int)features.shape[1];
        return new Outputs(
            Transfer.Down<long>(predicted),
            Transfer.Down<float>(confidence),
            Transfer.Down<float>(terms.sum([1]).neg()),
            [.. Transfer.Down<float>(features).Chunk(width)],
            withProbabilities ? [.. Transfer.Down<float>(probabilities).Chunk((int)probabilities.shape[1])] : null
        );
    }
}
