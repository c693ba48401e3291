using Counterpoise.Networks;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>How the features of a table are scaled, by the images that a classifier of them is fitted on.</summary>
/// <param name="Mean">[C], float64: what is taken away.</param>
/// <param name="Factors">[C], float64: what features are then multiplied by.</param>
/// <param name="Length">The length that vectors then get; 0 leaves them as they are.</param>
internal sealed record TableScale(Tensor Mean, Tensor Factors, double Length)
{
    /// <summary>What is tried where the best is chosen.</summary>
    internal static IReadOnlyList<FeatureScale> All { get; } =
    [FeatureScale.Common, FeatureScale.Dimension, FeatureScale.Length];

    /// <summary>Measures a scale on images as they are, without their views.</summary>
    /// <param name="table">The images, centred and in their common scale.</param>
    /// <param name="isSeen">Whether each image is fitted on, [N]; null for all.</param>
    /// <param name="scale">The scale. One common length is the root of the number of features, which is that of vectors in the common scale on the average, so that penalties mean the same.</param>
    /// <returns>In the caller's dispose scope.</returns>
    internal static TableScale Of(FeatureTable table, bool[]? isSeen, FeatureScale scale)
    {
        Tensor vectors = table.Plain.flatten(1);
        if (isSeen is not null)
        {
            long[] seen = [.. isSeen.Index().Where(image => image.Item).Select(image => (long)image.Index)];
            vectors = vectors.index_select(0, tensor(seen));
        }

        Tensor mean = vectors.mean([0]);
        Tensor deviation = (vectors - mean).square().mean([0]).sqrt();
        Tensor none = ones_like(mean);
        return new TableScale(
            mean,
            scale == FeatureScale.Dimension ? where(deviation.gt(0), 1 / deviation, none) : none, // What is constant stays so.
            scale == FeatureScale.Length ? Math.Sqrt(mean.numel()) : 0
        );
    }

    /// <summary>A table in this scale, in the caller's dispose scope.</summary>
    internal FeatureTable Apply(FeatureTable table)
    {
        Tensor scaled = (table.Maps - Mean.view(-1, 1, 1)) * Factors.view(-1, 1, 1);
        return new FeatureTable(
            Length > 0 ? FeatureScaling.Unit(scaled) * Length : scaled,
            table.Labels,
            table.Groups,
            table.Classes
        )
        {
            Rows = table.Rows,
        };
    }
}
