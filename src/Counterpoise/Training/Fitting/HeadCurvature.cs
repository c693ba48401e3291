using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>
/// Roughly the second derivatives of what linear classifiers are fitted by: for the weights of class c they are
/// h_c S + p I, with S = X'X / N the features' second moments, p the penalty, and h_c the mean of q (1 - q) over the images
/// that it is fitted on, where q is what the softmax gives the class. Exact where q is the same for all images.
/// </summary>
/// <param name="heads">The classifiers.</param>
/// <param name="table">What they are fitted on.</param>
/// <param name="penalty">p.</param>
internal sealed class HeadCurvature(HeadCopies heads, FeatureTable table, double penalty)
{
    /// <summary>The least that is inverted: a class that is certain everywhere curves nothing.</summary>
    private const double Least = 1e-6;

    /// <summary>Whether the classifiers are linear in the features: a weight for each and a bias.</summary>
    internal bool IsKnown =>
        heads.Head.HasRows
        && heads.Head.HasScale
        && heads.Learning is [var weight, var bias]
        && weight.dim() == 2
        && weight.shape[1] == table.Maps.shape[1]
        && bias.dim() == 1;

    /// <summary>What multiplies vectors by the inverse.</summary>
    /// <param name="ofLogits">The derivatives of the losses by the logits, [rows, classifiers, classes]: q less the label, times the row's share.</param>
    /// <param name="shares">The share of each row in each classifier's loss, [classifiers, rows].</param>
    /// <returns>From [classifiers, parameters] to as much, in the caller's dispose scope.</returns>
    internal Func<Tensor, Tensor> Inverse(Tensor ofLogits, Tensor shares)
    {
        (Tensor values, Tensor vectors) = table.Spectrum;
        Tensor size = ofLogits.abs();
        Tensor share = shares.t().unsqueeze(2);
        Tensor curvature = where(share.gt(0), size * (1 - (size / share)), zeros_like(size))
            .clamp_min(0)
            .sum([0L])
            .clamp_min(Least);
        Tensor ofWeights = 1 / ((curvature.unsqueeze(2) * values) + penalty).clamp_min(Least);
        long features = values.numel();
        return points =>
        {
            using var scope = NewDisposeScope();
            long ofWeight = heads.Classes * features;
            Tensor weights = points.narrow(1, 0, ofWeight).reshape(heads.Count * heads.Classes, features);
            Tensor turned = weights.matmul(vectors).view(heads.Count, heads.Classes, features) * ofWeights;
            Tensor back = turned.view(-1, features).matmul(vectors.t()).view(heads.Count, -1);
            Tensor biases = points.narrow(1, ofWeight, heads.Classes) / curvature;
            return cat([back, biases], 1).MoveToOuterDisposeScope();
        };
    }
}
