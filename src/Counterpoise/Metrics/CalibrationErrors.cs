using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>
/// How far probabilities are from shares of images, 0 to 1, in three ways that bins of 15 can be taken. They refer to the
/// class frequencies of the images that they are computed of.
/// </summary>
/// <param name="EqualWidth">The largest probability against accuracy, in bins of equal width (Guo et al., ICML 2017).</param>
/// <param name="EqualMass">The same in bins of equally many images (Nguyen and O'Connor, EMNLP 2015).</param>
/// <param name="ClassWise">The probability of each class against the share of its images, in bins of equal width, a mean over classes (Kull et al., NeurIPS 2019).</param>
public sealed record CalibrationErrors(double EqualWidth, double EqualMass, double ClassWise)
{
    private const int Bins = 15;

    internal static CalibrationErrors Of(PredictedImages said)
    {
        double[] confidence = [.. said.Images.Select(image => (double)image.Probabilities.Max())];
        bool[] isRight = [.. said.Images.Select(image => image.IsRight)];
        double[] classWise = new double[said.Classes.Count];
        Parallel.For(
            0,
            classWise.Length,
            c =>
                classWise[c] = Metrics
                    .Calibration.Of(
                        [.. said.Images.Select(image => (double)image.Probabilities[c])],
                        [.. said.Images.Select(image => image.Label == c)],
                        Bins
                    )
                    .ExpectedError
        );
        return new CalibrationErrors(
            Metrics.Calibration.Of(confidence, isRight, Bins).ExpectedError,
            OfEqualMass(confidence, isRight),
            classWise.Average()
        );
    }

    internal JsonObject ToJson(string prefix) =>
        new()
        {
            [$"{prefix}calibration_error"] = EqualWidth,
            [$"{prefix}calibration_error_equal_mass"] = EqualMass,
            [$"{prefix}calibration_error_class_wise"] = ClassWise,
        };

    internal static CalibrationErrors Read(JsonFields fields) =>
        new(
            Number(fields, "calibration_error"),
            Number(fields, "calibration_error_equal_mass"),
            Number(fields, "calibration_error_class_wise")
        );

    private static double Number(JsonFields fields, string key) => fields.Required(fields.Number(key), key);

    private static double OfEqualMass(double[] confidence, bool[] isRight)
    {
        int[] order = [.. Enumerable.Range(0, confidence.Length).OrderBy(image => confidence[image])];
        double sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            int from = (int)((long)bin * order.Length / Bins);
            int to = (int)((long)(bin + 1) * order.Length / Bins);
            sum += Math.Abs(order[from..to].Sum(image => (isRight[image] ? 1 : 0) - confidence[image]));
        }

        return sum / order.Length;
    }
}
