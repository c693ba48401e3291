using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>How strongly the plain cross-entropy pulls at each example's features.</summary>
internal static class FeatureGradient
{
    /// <summary>The L2 norm of d loss / d f(x) for each example, with the loss of the logits in evaluation.</summary>
    /// <param name="head">The classifier, of a network in evaluation mode.</param>
    /// <param name="map">The last stage's map [N, C, H, W].</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>[N], float32.</returns>
    /// <remarks>
    /// f is the mean of the map over its places. Its gradient is the sum over the places of the map's gradient, which
    /// also serves heads that do more with the map than take its mean. For a linear head it is W^T (p - onehot(y)).
    /// </remarks>
    internal static Tensor Norms(Head head, Tensor map, Tensor labels)
    {
        using var scope = NewDisposeScope();
        if (head is LinearHead { EmbeddingWidth: 0 } linear)
        {
            Tensor error = linear.call(map).softmax(1) - nn.functional.one_hot(labels, linear.Weight.shape[0]);
            return error.matmul(linear.Weight).norm(1, false, 2f).MoveToOuterDisposeScope();
        }

        using var gradients = enable_grad();
        Tensor input = map.detach().to(ScalarType.Float32).requires_grad_();
        nn.functional.cross_entropy(head.call(input), labels, reduction: nn.Reduction.Sum).backward();
        return input.grad!.sum([2, 3]).norm(1, false, 2f).detach().MoveToOuterDisposeScope();
    }
}
