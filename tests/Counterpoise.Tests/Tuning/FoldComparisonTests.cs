using Counterpoise.Metrics;
using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

public sealed class FoldComparisonTests
{
    private static readonly string[] Classes = ["large", "small"];

    [Fact]
    public void Scores_are_balanced_accuracies_of_the_pooled_images_and_the_best_leads()
    {
        var comparison = new FoldComparison([Said(80, 10, 30, 4), Said(80, 10, 60, 8)], seed: 0);

        Assert.Equal(((30.0 / 80) + (4.0 / 10)) / 2 * 100, comparison.Scores[0].Accuracy, 1e-9);
        Assert.Equal(((60.0 / 80) + (8.0 / 10)) / 2 * 100, comparison.Scores[1].Accuracy, 1e-9);
        Assert.Equal(1, comparison.Leader);
        Assert.Equal([true, false], comparison.IsWorse);
        Assert.Equal(
            comparison.Scores[0].Accuracy - comparison.Scores[1].Accuracy,
            comparison.Differences[0].Mean,
            1e-9
        );
    }

    [Fact]
    public void The_first_of_equal_ones_leads_and_the_other_is_not_told_apart()
    {
        var comparison = new FoldComparison([Said(80, 10, 30, 4), Said(80, 10, 30, 4)], seed: 0);

        Assert.Equal(0, comparison.Leader);
        Assert.Equal([false, false], comparison.IsWorse);
    }

    [Fact]
    public void Few_images_of_the_class_that_differs_tell_nobody_apart()
    {
        Assert.Equal([false, false], new FoldComparison([Said(400, 4, 300, 2), Said(400, 4, 300, 3)], 0).IsWorse);
        Assert.Equal([true, false], new FoldComparison([Said(400, 80, 300, 40), Said(400, 80, 300, 60)], 0).IsWorse);
    }

    [Fact]
    public void Images_of_a_group_are_drawn_together()
    {
        Assert.Equal([true, false], new FoldComparison([Said(60, 60, 30, 30), Said(60, 60, 40, 40)], 0).IsWorse);
        Assert.Equal(
            [false, false],
            new FoldComparison([Said(60, 60, 30, 30, group: 20), Said(60, 60, 40, 40, group: 20)], 0).IsWorse
        );
    }

    [Fact]
    public void Candidates_on_different_images_are_not_compared()
    {
        PredictedImages fewer = Said(60, 60, 30, 30);
        fewer = fewer with { Images = [.. fewer.Images.Skip(1)] };

        Assert.Throws<ArgumentException>(() => new FoldComparison([Said(60, 60, 30, 30), fewer], 0));
    }

    /// <summary>Right about the first images of each class.</summary>
    private static PredictedImages Said(int large, int small, int rightLarge, int rightSmall, int? group = null) =>
        new(
            Classes,
            [
                .. Enumerable
                    .Range(0, large + small)
                    .Select(image =>
                    {
                        int label = image < large ? 0 : 1;
                        bool isRight = label == 0 ? image < rightLarge : image - large < rightSmall;
                        return new PredictedImage(
                            image,
                            label,
                            image / group,
                            Fold: 0,
                            isRight == (label == 0) ? [0.9f, 0.1f] : [0.1f, 0.9f]
                        );
                    }),
            ]
        );
}
