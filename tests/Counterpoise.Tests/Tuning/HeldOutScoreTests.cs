using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

public sealed class HeldOutScoreTests
{
    [Fact]
    public void The_error_is_that_of_a_mean_over_classes()
    {
        // Three images of each of two classes, 2 and 3 of them right: variance (2/3 * 1/3) / 2 of the one, 0 of the other.
        var score = HeldOutScore.OfClasses([(200.0 / 3, 3), (100, 3)]);

        Assert.Equal(250.0 / 3, score.Accuracy, 1e-9);
        Assert.Equal(100 * Math.Sqrt(1.0 / 9) / 2, score.Error, 1e-9);
    }

    [Fact]
    public void With_one_image_a_class_it_is_that_of_a_mean_over_images() =>
        Assert.Equal(25, HeldOutScore.OfClasses([(100, 1), (0, 1), (100, 1), (0, 1)]).Error, 1e-9);

    [Fact]
    public void Over_splits_it_is_the_larger_of_sampling_and_spread()
    {
        Assert.Equal(new HeldOutScore(60, Math.Sqrt(32) / 2), HeldOutScore.Mean([new(60, 4), new(60, 4)]));
        Assert.Equal(new HeldOutScore(60, 20), HeldOutScore.Mean([new(40, 4), new(80, 4)]));
    }
}
