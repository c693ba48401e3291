using Counterpoise.Data;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>The means of the classes' features.</summary>
internal static class ClassMeans
{
    /// <param name="features">[rows, D], float64.</param>
    /// <param name="rows">The images and their views that these are of.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>[classes, D], float64, in the caller's dispose scope.</returns>
    internal static Tensor Of(Tensor features, ImageRows rows, IReadOnlyList<int> labels, int classes)
    {
        Tensor targets = tensor(Array.ConvertAll(rows.Spread(labels), label => (long)label));
        Tensor shared = features * tensor(rows.Shares).unsqueeze(1);
        double[] counts = [.. ClassCounts.Of(labels, classes).Select(count => (double)count)];
        Tensor sums = zeros(classes, features.shape[1], features.dtype).index_add_(0, targets, shared, 1);
        return sums / tensor(counts).unsqueeze(1);
    }
}
