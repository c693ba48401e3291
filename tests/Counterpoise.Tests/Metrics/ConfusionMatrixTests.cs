using Counterpoise.Metrics;
using CsCheck;

namespace Counterpoise.Tests.Metrics;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void A_hand_made_case_has_its_known_ratios_and_mistakes()
    {
        // Four of class 0, two of class 1, none of class 2.
        var matrix = new ConfusionMatrix([0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1], 3);

        Assert.Equal(3, matrix[0, 0]);
        Assert.Equal(1, matrix[0, 1]);
        Assert.Equal([5.0 / 4, 1.0 / 2, null], matrix.ClassificationRatio);
        Assert.Equal([new Confusion(1, 0, 2, 1), new Confusion(0, 1, 1, 0.25)], matrix.Top(5));
        Assert.Single(matrix.Top(1));
    }

    [Fact]
    public void Counts_are_those_of_counting_one_by_one() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 50], Gen.Int[0, 3].Array[50])
            .Sample(
                (labels, others) =>
                {
                    int[] predicted = others[..labels.Length];
                    var matrix = new ConfusionMatrix(predicted, labels, 4);
                    for (int c = 0; c < 4; c++)
                    {
                        for (int d = 0; d < 4; d++)
                        {
                            Assert.Equal(
                                labels.Where((label, i) => label == c && predicted[i] == d).Count(),
                                matrix[c, d]
                            );
                        }

                        int images = labels.Count(label => label == c);
                        double? ratio = images == 0 ? null : (double)predicted.Count(p => p == c) / images;
                        Assert.Equal(ratio, matrix.ClassificationRatio[c]);
                    }
                },
                iter: 100
            );
}
