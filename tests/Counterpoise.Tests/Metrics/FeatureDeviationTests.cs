using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class FeatureDeviationTests
{
    [Fact]
    public void Equal_features_deviate_by_the_distance_of_the_means()
    {
        float[][] train = [.. Enumerable.Repeat(new float[] { 1, 2 }, 6)];
        float[][] test =
        [
            [4, 6],
            [4, 6],
        ];
        Assert.Equal([5.0], new FeatureDeviation().Of([train], [test]));
    }

    [Fact]
    public void All_examples_of_a_class_leave_nothing_to_chance()
    {
        float[][] train =
        [
            [0, 0],
            [2, 4],
        ];
        float[][] test =
        [
            [1, 5],
        ];
        Assert.Equal(3, new FeatureDeviation { Examples = 2 }.Of([train], [test])[0]!.Value, 1e-12);
    }

    [Fact]
    public void Means_of_a_few_draws_are_those_of_the_definition_and_belong_to_seed_and_epoch()
    {
        var random = new Random(1);
        float[][] Features(int count, float shift) =>
            [.. Enumerable.Range(0, count).Select(_ => new[] { shift + random.NextSingle(), random.NextSingle() })];
        float[][][] train = [Features(40, 0), Features(8, 1)];
        float[][][] test = [Features(5, 2), Features(5, 2)];
        var deviation = new FeatureDeviation { Rounds = 30, Seed = 4 };

        IReadOnlyList<double?> found = deviation.Of(train, test, epoch: 3);

        for (int c = 0; c < 2; c++)
        {
            double total = 0;
            for (int round = 0; round < 30; round++)
            {
                int[] drawn = new Draws(4)
                    .At(DrawPurpose.FeatureDeviation, 3, ((long)c << 32) + round)
                    .Permutation(train[c].Length)[..8]; // The size of the smallest class.
                double x = drawn.Average(i => train[c][i][0]) - test[c].Average(f => f[0]);
                double y = drawn.Average(i => train[c][i][1]) - test[c].Average(f => f[1]);
                total += Math.Sqrt((x * x) + (y * y));
            }

            Assert.Equal(total / 30, found[c]!.Value, 1e-6);
        }

        Assert.Equal(found, deviation.Of(train, test, epoch: 3));
        Assert.NotEqual(found[0], deviation.Of(train, test, epoch: 4)[0]);
    }

    [Fact]
    public void At_most_fifty_are_drawn_and_a_class_without_test_images_has_none()
    {
        float[][] many = [.. Enumerable.Range(0, 200).Select(i => new float[] { i })];
        var deviation = new FeatureDeviation { Rounds = 2 };
        Assert.Equal(
            new FeatureDeviation { Rounds = 2, Examples = 50 }.Of(
                [many],
                [
                    [
                        [0],
                    ],
                ]
            ),
            deviation.Of(
                [many],
                [
                    [
                        [0],
                    ],
                ]
            )
        );
        Assert.Equal(
            [null],
            deviation.Of(
                [many],
                [
                    [],
                ]
            )
        );
        Assert.Throws<ArgumentException>(() =>
            new FeatureDeviation { Examples = 201 }.Of(
                [many],
                [
                    [
                        [0],
                    ],
                ]
            )
        );
    }
}
