using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class MetricIntervalsTests
{
    [Theory]
    [InlineData(0, 10, 0, 0.2775328)]
    [InlineData(10, 10, 0.7224672, 1)]
    [InlineData(5, 10, 0.2365931, 0.7634069)]
    [InlineData(81, 263, 0.2552879, 0.3662096)] // Newcombe, Statistics in Medicine 1998, table I: 0.2553 to 0.3662.
    public void Wilsons_interval_is_that_of_the_literature(int found, int all, double low, double high)
    {
        var interval = Interval.Wilson(found, all);
        Assert.Equal(low, interval.Low, 1e-6);
        Assert.Equal(high, interval.High, 1e-6);
    }

    [Fact]
    public void Intervals_hold_what_they_are_of_and_each_draw_has_as_many_of_each_class()
    {
        PredictedImages said = RandomPredictions.Make(300, seed: 3);
        ClassificationMetrics metrics = said.Metrics(new int[RandomPredictions.Classes]);

        var intervals = MetricIntervals.Of(said);

        foreach (DecisionMetric metric in DecisionMetric.All)
        {
            Interval of = intervals.OfSet[metric.Key];
            Assert.InRange(metrics[metric]!.Value, of.Low, of.High);
        }

        Assert.InRange(
            metrics.Scores!.MacroAuroc!.Value,
            intervals.OfSet["macro_auroc"].Low,
            intervals.OfSet["macro_auroc"].High
        );
        Assert.InRange(
            metrics.Scores.MacroAveragePrecision!.Value,
            intervals.OfSet["macro_average_precision"].Low - 1,
            intervals.OfSet["macro_average_precision"].High
        );
        Assert.Null(intervals.Recall[RandomPredictions.Absent]);
        Assert.Null(intervals.Precision[RandomPredictions.Silent]);
        Assert.Equal(new Interval(0, 0), intervals.F1[RandomPredictions.Silent]);
    }

    [Fact]
    public void Areas_of_a_draw_are_those_of_its_images_written_out()
    {
        PredictedImages said = RandomPredictions.Make(60, seed: 4);
        int[] times = [.. Enumerable.Range(0, 60).Select(image => image % 3)];
        var repeated = new PredictedImages(
            said.Classes,
            [.. said.Images.SelectMany((image, i) => Enumerable.Repeat(image, times[i]))]
        );
        for (int c = 0; c < RandomPredictions.Classes; c++)
        {
            RankingAreas expected = repeated.Ranking(c).Areas();
            RankingAreas found = said.Ranking(c).Areas(times);
            Assert.Equal(expected.Auroc ?? -1, found.Auroc ?? -1, 1e-12);
            Assert.Equal(expected.AveragePrecision ?? -1, found.AveragePrecision ?? -1, 1e-12);
        }
    }

    [Fact]
    public void Whole_groups_are_drawn_where_there_are_groups()
    {
        PredictedImages alone = RandomPredictions.Make(300, seed: 5);
        var grouped = alone with
        {
            Images =
            [
                .. alone.Images.Select(image => image with { Group = image.IsRight ? 1 : image.Position % 40 + 2 }),
            ],
        };

        Interval without = MetricIntervals.Of(alone).OfSet["accuracy"];
        Interval with = MetricIntervals.Of(grouped).OfSet["accuracy"];

        Assert.True(with.High - with.Low > 2 * (without.High - without.Low), $"{with} {without}");
    }
}
