using Counterpoise.Basics;
using Counterpoise.Decisions;

namespace Counterpoise.Tests.Decisions;

public sealed class AlarmThresholdTests
{
    [Fact]
    public void On_average_the_threshold_is_the_score_of_conformal_prediction()
    {
        double[] scores = [.. Enumerable.Range(1, 99).Select(i => i / 100.0).Reverse()];
        Assert.Equal(0.10, AlarmThreshold.ForRecall(scores, 0.9, confidence: null, "c")); // floor(100 * 0.1) = 10th.
        Assert.Equal(0.40, AlarmThreshold.ForRecall(scores, 0.6, confidence: null, "c"));
    }

    [Fact]
    public void Of_140_images_95_percent_must_be_seen_to_promise_90_with_95_percent()
    {
        double[] scores = [.. Enumerable.Range(0, 140).Select(i => i / 140.0)];
        double threshold = AlarmThreshold.ForRecall(scores, 0.9, confidence: 0.95, "c");
        Assert.Equal(0.95, scores.Count(score => score >= threshold) / 140.0, 0.004);
    }

    [Fact]
    public void What_is_promised_holds_as_often_as_it_is_promised()
    {
        // Scores are uniform, so that the recall of a threshold t is 1 - t.
        const int trials = 4000;
        var random = new Random(1);
        double[] thresholds =
        [
            .. Enumerable
                .Range(0, trials)
                .Select(_ =>
                    AlarmThreshold.ForRecall(
                        [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())],
                        0.8,
                        0.95,
                        "c"
                    )
                ),
        ];
        double held = thresholds.Count(t => 1 - t >= 0.8) / (double)trials;
        Assert.InRange(held, 0.94, 1);
        double[] onAverage =
        [
            .. Enumerable
                .Range(0, trials)
                .Select(_ =>
                    1
                    - AlarmThreshold.ForRecall(
                        [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())],
                        0.8,
                        null,
                        "c"
                    )
                ),
        ];
        Assert.InRange(onAverage.Average(), 0.8, 0.81);
    }

    [Theory]
    [InlineData(0.9, null, 9)]
    [InlineData(0.9, 0.95, 29)]
    [InlineData(0.6, 0.95, 6)]
    public void Too_few_images_are_refused_with_how_many_are_needed(double recall, double? confidence, int needed)
    {
        Assert.Equal(needed, AlarmThreshold.NeededForRecall(recall, confidence));
        double[] enough = [.. Enumerable.Range(1, needed).Select(i => (double)i)];
        Assert.Equal(1, AlarmThreshold.ForRecall(enough, recall, confidence, "Crack"));
        string message = Assert
            .Throws<CounterpoiseException>(() => AlarmThreshold.ForRecall(enough[1..], recall, confidence, "Crack"))
            .Message;
        Assert.StartsWith(
            $"Crack: finding {100 * recall:0} % of it cannot be promised by {needed - 1} images",
            message
        );
        Assert.Contains($"; {needed} are needed", message);
    }

    [Fact]
    public void False_alarms_are_those_of_images_in_the_frequencies_that_are_expected()
    {
        // Class 0 raises alarms of class 2 in 10 of 50 images, class 1 in 1 of 1000.
        double[][] scores =
        [
            [.. Enumerable.Range(0, 50).Select(i => i < 10 ? 0.9 : 0.1)],
            [.. Enumerable.Range(0, 1000).Select(i => i < 1 ? 0.9 : 0.1)],
            [0.95, 0.5],
        ];
        double found = AlarmThreshold.FalseAlarms(scores, 2, [0.1, 0.8, 0.1], 0.8, confidence: null);
        Assert.Equal(1000 * ((0.1 * 0.2) + (0.8 * 0.001)), found, 1e-9);
        Assert.True(AlarmThreshold.FalseAlarms(scores, 2, [0.1, 0.8, 0.1], 0.8, 0.95) > found);
        Assert.Equal(
            1000 * 0.9 * 3 / 1050,
            AlarmThreshold.FalseAlarms(scores, 2, [50 * 0.9 / 1050, 1000 * 0.9 / 1050, 0.1], 2, 0.95),
            0.01
        );
    }

    [Fact]
    public void The_smallest_threshold_is_taken_that_raises_few_enough()
    {
        double[][] scores =
        [
            [.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)],
            [0.2, 0.99],
        ];
        double threshold = AlarmThreshold.ForFalseAlarms(scores, 1, [0.5, 0.5], most: 50, confidence: null, "c");
        Assert.Equal(0.9, threshold, 1e-9); // 100 of 1000 are at or above, times 0.5.
        Assert.True(AlarmThreshold.ForFalseAlarms(scores, 1, [0.5, 0.5], 50, 0.95, "c") > threshold);
        string message = Assert
            .Throws<CounterpoiseException>(() =>
                AlarmThreshold.ForFalseAlarms(scores, 1, [0.5, 0.5], most: 1, confidence: 0.95, "c")
            )
            .Message;
        Assert.Contains("cannot be promised by 1000 images of other classes", message);
    }
}
