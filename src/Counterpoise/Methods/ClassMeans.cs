using Counterpoise.Data;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>The means of the classes' features.</summary>
internal static class ClassMeans
{
    /// <param name="features">[N, D], float64.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>[classes, D], float64, in the caller's dispose scope.</returns>
    internal static Tensor Of(Tensor features, IReadOnlyList<int> labels, int classes)
    {
        Tensor targets = tensor(labels.Select(label => (long)label).ToArray());
        double[] counts = [.. ClassCounts.Of(labels, classes).Select(count => (double)count)];
        Tensor sums = zeros(classes, features.shape[1], features.dtype).index_add_(0, targets, features, 1);
        return sums / tensor(counts).unsqueeze(1);
    }
}
