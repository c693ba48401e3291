using Counterpoise.Basics;
using Counterpoise.Data;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>The covariance of images around the means of their classes, shrunk towards a multiple of the identity.</summary>
/// <remarks>
/// With r_k an image's deviation from the mean of its class of n_k images, and N images of C classes,
/// S = 1/n sum_k r_k r_k' with n = N - C, the unbiased estimate of a covariance that all classes share; m = tr S / D.
/// Ledoit and Wolf ("A well-conditioned estimator for large-dimensional covariance matrices", Journal of Multivariate
/// Analysis 88, 2004) take a m I + (1 - a) S with a = min(b^2 / d^2, 1), d^2 = |S - m I|^2 and
/// b^2 = 1/n^2 sum_k |x_k x_k' - S|^2 over n independent x_k. The n_k deviations of a class stand for n_k - 1 of those:
/// each counts as x_k = r_k sqrt(n_k / (n_k - 1)) with weight (n_k - 1) / n_k. Where images have random views, each view
/// has its deviation, and an image and its views share the weight of one in both sums.
/// </remarks>
/// <param name="Matrix">[D, D], float64.</param>
/// <param name="Shrinkage">a.</param>
internal sealed record ShrunkCovariance(Tensor Matrix, double Shrinkage)
{
    /// <summary>The least that is chosen, so that there is an inverse.</summary>
    internal const double Least = 1e-6;

    /// <param name="features">[rows, D], float64.</param>
    /// <param name="means">[C, D].</param>
    /// <param name="rows">The images and their views that the features are of.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="given">a, above 0 and at most 1; null for that of Ledoit and Wolf.</param>
    /// <exception cref="UsageException">No class has two images that differ.</exception>
    internal static ShrunkCovariance Of(
        Tensor features,
        Tensor means,
        ImageRows rows,
        IReadOnlyList<int> labels,
        double? given
    )
    {
        int[] ofRows = rows.Spread(labels);
        Tensor shares = tensor(rows.Shares);
        int[] counts = ClassCounts.Of(labels, (int)means.shape[0]);
        int independent = counts.Sum(count => Math.Max(0, count - 1));
        Tensor deviations = features - means.index_select(0, tensor(Array.ConvertAll(ofRows, label => (long)label)));
        Tensor squares = deviations.square().sum(1);
        double total = (squares * shares).sum().item<double>();
        if (independent == 0 || total == 0)
        {
            throw new UsageException(
                $"lda measures how images of a class differ, but no class has two images that do; choose another {Named("method")}, such as nearest-mean."
            );
        }

        Tensor pooled = deviations.t().matmul(deviations * shares.unsqueeze(1)) / independent;
        long length = features.shape[1];
        double scale = total / independent / length;
        double shrinkage = given ?? Expected();
        Tensor identity = eye(length, dtype: features.dtype);
        return new ShrunkCovariance((pooled * (1 - shrinkage)) + (identity * (scale * shrinkage)), shrinkage);

        double Expected()
        {
            double size = pooled.square().sum().item<double>();
            double distance = size - (length * scale * scale);
            Tensor factors = tensor(
                ofRows
                    .Select(label => counts[label])
                    .Select(count => count > 1 ? count / (count - 1.0) : 0) // The only image does not deviate.
                    .ToArray()
            );
            double fourth = (squares.square() * factors * shares).sum().item<double>();
            double noise = (fourth - (independent * size)) / ((double)independent * independent);

            // One deviation says nothing of its own noise, and one feature has no directions to tell apart.
            return independent == 1 || distance <= 0 ? 1 : Math.Clamp(noise / distance, Least, 1);
        }
    }
}
