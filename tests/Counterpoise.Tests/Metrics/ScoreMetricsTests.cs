using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class ScoreMetricsTests
{
    private static readonly PredictedImages Said = RandomPredictions.Make(300, seed: 2);
    private static readonly ScoreMetrics Found = ScoreMetrics.Of(Said);

    [Fact]
    public void Auroc_is_the_share_of_pairs_in_order()
    {
        for (int c = 0; c < RandomPredictions.Classes; c++)
        {
            float[] of = [.. Said.Images.Where(image => image.Label == c).Select(image => image.Probabilities[c])];
            float[] other = [.. Said.Images.Where(image => image.Label != c).Select(image => image.Probabilities[c])];
            if (of.Length == 0)
            {
                Assert.Null(Found.PerClassAuroc[c]);
                continue;
            }

            double share = of.Average(a =>
                other.Average(b =>
                    a > b ? 1
                    : a == b ? 0.5
                    : 0
                )
            );
            Assert.Equal(100 * share, Found.PerClassAuroc[c]!.Value, 1e-9);
        }
    }

    [Fact]
    public void Average_precision_is_a_sum_over_distinct_thresholds()
    {
        for (int c = 0; c < RandomPredictions.Classes; c++)
        {
            PredictedImage[] of = [.. Said.Images.Where(image => image.Label == c)];
            if (of.Length == 0)
            {
                Assert.Null(Found.PerClassAveragePrecision[c]);
                continue;
            }

            double sum = 0;
            double before = 0;
            foreach (
                float threshold in Said.Images.Select(image => image.Probabilities[c]).Distinct().OrderDescending()
            )
            {
                double found = of.Count(image => image.Probabilities[c] >= threshold);
                double recall = found / of.Length;
                sum += (recall - before) * found / Said.Images.Count(image => image.Probabilities[c] >= threshold);
                before = recall;
            }

            Assert.Equal(100 * sum, Found.PerClassAveragePrecision[c]!.Value, 1e-9);
        }

        Assert.Equal(Found.PerClassAveragePrecision.Average(), Found.MacroAveragePrecision);
    }

    [Fact]
    public void Top_5_takes_the_first_of_equal_classes()
    {
        double expected = Said.Images.Average(image =>
            Enumerable
                .Range(0, RandomPredictions.Classes)
                .OrderByDescending(c => image.Probabilities[c])
                .Take(5)
                .Contains(image.Label)
                ? 100.0
                : 0
        );
        Assert.Equal(expected, Found.Top5!.Value, 1e-9);
        Assert.Null(ScoreMetrics.Of(new PredictedImages(["a"], [new(0, 0, null, null, [1])])).Top5);
    }

    [Fact]
    public void Calibration_errors_are_sums_over_bins()
    {
        (double Confidence, bool IsRight)[] sorted =
        [
            .. Said
                .Images.Select(image => ((double)image.Probabilities.Max(), image.IsRight))
                .OrderBy(image => image.Item1),
        ];
        double mass = 0;
        for (int bin = 0; bin < 15; bin++)
        {
            var images = sorted[(300 * bin / 15)..(300 * (bin + 1) / 15)];
            mass += Math.Abs(images.Average(i => i.IsRight ? 1.0 : 0) - images.Average(i => i.Confidence)) / 15;
        }

        Assert.Equal(mass, Found.Calibration.EqualMass, 1e-9);
        Assert.Equal(
            Error(Said.Images.Select(image => ((double)image.Probabilities.Max(), image.IsRight))),
            Found.Calibration.EqualWidth,
            1e-9
        );
        double classWise = Enumerable
            .Range(0, RandomPredictions.Classes)
            .Average(c => Error(Said.Images.Select(image => ((double)image.Probabilities[c], image.Label == c))));
        Assert.Equal(classWise, Found.Calibration.ClassWise, 1e-9);

        static double Error(IEnumerable<(double P, bool Is)> images) =>
            images
                .GroupBy(image => Math.Min(14, Math.Floor(image.P * 15)))
                .Sum(bin => Math.Abs(bin.Sum(image => (image.Is ? 1 : 0) - image.P))) / images.Count();
    }

    [Fact]
    public void Json_reads_back_as_it_was_and_nothing_where_there_is_none()
    {
        ClassificationMetrics whole = Said.Metrics([500, 60, 50, 40, 30, 20, 10]);
        JsonObject json = whole.ToJson();

        ClassificationMetrics read = ClassificationMetrics.Read(
            new JsonFields(json, "result.json"),
            RandomPredictions.Classes
        )!;

        Assert.Equal(json.ToJsonString(), read.ToJson().ToJsonString());
        Assert.Equal(Found.MacroAuroc, read.Scores!.MacroAuroc);
        json.Remove("per_class_average_precision");
        Assert.Null(ClassificationMetrics.Read(new JsonFields(json, "result.json"), RandomPredictions.Classes)!.Scores);
    }
}
