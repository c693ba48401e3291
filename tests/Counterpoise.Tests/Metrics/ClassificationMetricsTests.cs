using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class ClassificationMetricsTests
{
    [Fact]
    public void Accuracies_are_those_counted_by_hand()
    {
        // Class 0: 3 of 4 right, class 1: 1 of 2, class 2: 0 of 1.
        var metrics = ClassificationMetrics.Of([0, 0, 0, 1, 1, 2, 0], [0, 0, 0, 0, 1, 1, 2], [500, 50, 5]);
        Assert.Equal(100 * 4 / 7.0, metrics.Accuracy, 1e-12);
        Assert.Equal((75 + 50 + 0) / 3.0, metrics.BalancedAccuracy, 1e-12);
        Assert.Equal([75, 50, 0], metrics.PerClassAccuracy);
        Assert.Equal(75, metrics.ManyAccuracy);
        Assert.Equal(50, metrics.MediumAccuracy);
        Assert.Equal(0, metrics.FewAccuracy);
    }

    [Theory]
    [InlineData(101, "many")]
    [InlineData(100, "medium")]
    [InlineData(20, "medium")]
    [InlineData(19, "few")]
    public void Groups_have_the_borders_of_the_literature(int count, string group)
    {
        var metrics = ClassificationMetrics.Of([0], [0], [count]);
        Assert.Equal(group == "many" ? 100 : null, metrics.ManyAccuracy);
        Assert.Equal(group == "medium" ? 100 : null, metrics.MediumAccuracy);
        Assert.Equal(group == "few" ? 100 : null, metrics.FewAccuracy);
    }

    [Fact]
    public void A_group_is_the_mean_over_its_classes_not_over_images()
    {
        var metrics = ClassificationMetrics.Of([0, 0, 0, 0], [0, 0, 0, 1], [200, 300]);
        Assert.Equal(50, metrics.ManyAccuracy);
        Assert.Equal(75, metrics.Accuracy);
    }

    [Fact]
    public void A_class_without_test_images_has_no_accuracy_and_counts_in_no_mean()
    {
        var metrics = ClassificationMetrics.Of([0, 1, 1], [0, 0, 1], [200, 150, 120, 10]);
        Assert.Equal([50, 100, null, null], metrics.PerClassAccuracy);
        Assert.Equal(75, metrics.BalancedAccuracy);
        Assert.Equal(75, metrics.ManyAccuracy);
        Assert.Null(metrics.FewAccuracy);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    public void Lists_must_be_of_one_length_and_not_empty(int predicted, int labels) =>
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of(new int[predicted], new int[labels], [1]));
}
