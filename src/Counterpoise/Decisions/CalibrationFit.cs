using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Runtime;
using Counterpoise.Training.Fitting;
using static TorchSharp.torch;

namespace Counterpoise.Decisions;

/// <summary>
/// Fits temperature and one bias a class to what a classifier says of images that it has not seen, by the mean log loss
/// (Guo et al., ICML 2017). Biases are shrunk to 0, by b^2 / 2 against the log loss of all images, so that few images of a
/// class move its bias little. Where every class has 50 images or more, each has a temperature of its own (vector scaling),
/// shrunk to equal ones in the same way.
/// </summary>
internal static class CalibrationFit
{
    /// <summary>Images of the smallest class from which on every class has a temperature of its own.</summary>
    internal const int EnoughForScales = 50;

    private const double Tolerance = 1e-8;
    private const double Smallest = 1e-30;

    /// <param name="said">What a classifier says, at the frequencies of its images, which are the ones that probabilities mean afterwards.</param>
    /// <param name="stop">Stops between steps.</param>
    internal static ProbabilityMap Of(PredictedImages said, CancellationToken stop = default)
    {
        Libtorch.Require();
        int classes = said.Classes.Count;
        int images = said.Images.Count;
        int[] counts = ClassCounts.Of(said.Labels, classes);
        int scales = counts.Min() >= EnoughForScales ? classes : 1;
        using var scope = NewDisposeScope();
        Tensor logs = tensor(
                said.Images.SelectMany(image => image.Probabilities.Select(p => Math.Log(Math.Max(p, Smallest))))
                    .ToArray(),
                dtype: ScalarType.Float64
            )
            .reshape(images, classes);
        Tensor truth = nn
            .functional.one_hot(tensor(said.Labels, dtype: ScalarType.Int64), classes)
            .to(ScalarType.Float64);
        Minima found = Lbfgs.Minimise(
            points => Loss(points, scales, logs, truth),
            zeros(1, scales + classes, dtype: ScalarType.Float64),
            Tolerance,
            precondition: null,
            stop
        );
        double[] point = found.Points.data<double>().ToArray();
        double total = counts.Sum(count => Math.Max(count, 0.5));
        return new ProbabilityMap(
            [.. Enumerable.Range(0, classes).Select(c => Math.Exp(point[scales == 1 ? 0 : c]))],
            [.. point.Skip(scales)],
            [.. counts.Select(count => Math.Max(count, 0.5) / total)],
            Prior: null
        );
    }

    /// <summary>The mean log loss with its shrinkage, and its gradient, by logarithms of scales and biases [1, n].</summary>
    private static (Tensor Values, Tensor Gradients) Loss(Tensor points, int scales, Tensor logs, Tensor truth)
    {
        long images = logs.shape[0];
        Tensor logScales = points[.., ..scales];
        Tensor biases = points[.., scales..];
        Tensor scaled = logs * logScales.exp();
        Tensor logProbabilities = (scaled + biases).log_softmax(1);
        Tensor apart = scales == 1 ? zeros_like(logScales) : logScales - logScales.mean([1L], keepdim: true);
        Tensor value =
            -(truth * logProbabilities).sum() / images
            + (biases.square().sum() + apart.square().sum()) / (2.0 * images);
        Tensor slopes = (logProbabilities.exp() - truth) / images;
        Tensor ofScales = (slopes * scaled).sum([0L], keepdim: true);
        ofScales = scales == 1 ? ofScales.sum([1L], keepdim: true) : ofScales + (apart / images);
        Tensor ofBiases = slopes.sum([0L], keepdim: true) + (biases / images);
        return (value.reshape(1), cat([ofScales, ofBiases], 1));
    }
}
