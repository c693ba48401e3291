using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void The_spread_is_that_of_a_stratified_mean()
    {
        // 100 images of one class, of which one classifier has 60 that the other has not; 25 of another, 5 the other way.
        int[] labels = [.. Enumerable.Repeat(0, 100), .. Enumerable.Repeat(1, 25)];
        bool[] one = [.. Enumerable.Range(0, 125).Select(image => image < 60)];
        bool[] other = [.. Enumerable.Range(0, 125).Select(image => image >= 120)];

        PairedDifference found = Compare(labels, null, 0, one, other);

        double error = 100 * Math.Sqrt((0.6 * 0.4 / 100) + (0.2 * 0.8 / 25)) / 2;
        Assert.Equal(100 * (0.6 - 0.2) / 2, found.Mean, 1e-9);
        Assert.Equal(found.Mean - (1.96 * error), found.Low, 1.0);
        Assert.Equal(found.Mean + (1.96 * error), found.High, 1.0);
        Assert.Equal(1, found.NotBelow, 0.01);
    }

    [Fact]
    public void Equal_classifiers_differ_by_nothing_and_are_never_told_apart()
    {
        int[] labels = [0, 0, 1, 1, 1];
        bool[] right = [true, false, true, true, false];

        PairedDifference found = Compare(labels, null, 0, right, right);

        Assert.Equal(new PairedDifference(0, 0, 0, 1), found);
    }

    [Fact]
    public void Images_of_one_group_are_not_so_many_witnesses()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(image => image % 2)];
        bool[] one = [.. Enumerable.Range(0, 200).Select(image => image / 20 % 3 == 0)];
        bool[] other = new bool[200];

        PairedDifference alone = Compare(labels, null, 0, one, other);
        PairedDifference grouped = Compare(
            labels,
            [.. Enumerable.Range(0, 200).Select(image => image / 20)],
            0,
            one,
            other
        );

        Assert.Equal(alone.Mean, grouped.Mean);
        Assert.True(grouped.High - grouped.Low > 3 * (alone.High - alone.Low), $"{grouped} {alone}");
    }

    [Fact]
    public void A_worse_classifier_is_found_and_the_draws_are_the_seeds()
    {
        int[] labels = [.. Enumerable.Range(0, 300).Select(image => image % 3)];
        bool[] better = [.. Enumerable.Range(0, 300).Select(image => image % 10 < 8)];
        bool[] worse = [.. Enumerable.Range(0, 300).Select(image => image % 10 < 7)];
        PairedDifference Find(ulong seed) => Compare(labels, null, seed, worse, better);

        Assert.True(Find(1).NotBelow < 0.01);
        Assert.True(Find(1).High < 0);
        Assert.Equal(Find(1), Find(1));
        Assert.NotEqual(Find(1), Find(2));
    }

    [Theory]
    [InlineData(new[] { 0.01, 0.04, 0.03 }, new[] { true, false, false })]
    [InlineData(new[] { 0.01, 0.04, 0.02 }, new[] { true, true, true })]
    [InlineData(new[] { 0.06, 0.02, 0.9 }, new[] { false, false, false })]
    [InlineData(new double[0], new bool[0])]
    public void Holms_method_goes_down_step_by_step(double[] chances, bool[] rejected) =>
        Assert.Equal(rejected, Holm.Rejected(chances, 0.05));

    [Fact]
    public void Any_metric_is_compared_as_the_draws_themselves_say()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(image => image % 3)];
        int[] one = [.. Enumerable.Range(0, 60).Select(image => image * 7 % 5 % 3)];
        int[] other = [.. Enumerable.Range(0, 60).Select(image => image * 3 % 4 % 3)];
        var draws = new Draws(5);
        double[] expected =
        [
            .. Enumerable
                .Range(0, ImageDraws.Resamples)
                .Select(sample =>
                {
                    DrawStream stream = draws.At(DrawPurpose.Bootstrap, sample, 0);
                    int[] drawn = [.. labels.Select((_, i) => (3 * stream.NextInt(20)) + (i / 20))];
                    return F1(drawn, labels, one) - F1(drawn, labels, other);
                })
                .Order(),
        ];

        PairedDifference found = new PairedBootstrap(labels, null, 3, DecisionMetric.MacroF1, seed: 5).Of(one, other);

        Assert.Equal(expected[25], found.Low, 1e-9);
        Assert.Equal(expected[974], found.High, 1e-9);
        Assert.Equal(found.Low > 0 || found.High < 0, found.IsToldApart);

        static double F1(int[] drawn, int[] labels, int[] predicted) =>
            Enumerable
                .Range(0, 3)
                .Average(c =>
                    200.0
                    * drawn.Count(image => labels[image] == c && predicted[image] == c)
                    / (drawn.Count(image => labels[image] == c) + drawn.Count(image => predicted[image] == c))
                );
    }

    /// <summary>Of classifiers that say the class, or the one after it.</summary>
    private static PairedDifference Compare(int[] labels, int[]? groups, ulong seed, bool[] one, bool[] other)
    {
        int classes = labels.Max() + 1;
        return new PairedBootstrap(labels, groups, classes, DecisionMetric.BalancedAccuracy, seed).Of(
            Predicted(one),
            Predicted(other)
        );

        int[] Predicted(bool[] right) =>
            [.. labels.Zip(right, (label, isRight) => isRight ? label : (label + 1) % classes)];
    }
}
