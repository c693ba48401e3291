using Counterpoise.Metrics;
using Counterpoise.Results;
using CsCheck;

namespace Counterpoise.Tests.Results;

public sealed class ComparisonTests
{
    [Fact]
    public void Mean_and_sample_deviation_are_those_of_the_formula() =>
        Gen.Double[-100, 100]
            .Array[2, 9]
            .Sample(
                values =>
                {
                    double mean = values.Sum() / values.Length;
                    double squares = 0;
                    foreach (double value in values)
                    {
                        squares += Math.Pow(value - mean, 2);
                    }

                    var statistic = new SampleStatistic(values);
                    Assert.Equal(mean, statistic.Mean, 1e-9);
                    Assert.Equal(Math.Sqrt(squares / (values.Length - 1)), statistic.Deviation!.Value, 1e-9);
                },
                iter: 100
            );

    [Fact]
    public void One_value_has_no_spread_and_a_missing_one_no_statistic()
    {
        Assert.Null(new SampleStatistic([3]).Deviation);
        Assert.Equal("3.00", new SampleStatistic([3]).Show("F2"));
        Assert.Equal("2.0 ± 1.4", new SampleStatistic([1, 3]).Show("F1"));
        Assert.Null(SampleStatistic.Of([1, null]));
        Assert.Null(SampleStatistic.Of([]));
        Assert.Equal(2, SampleStatistic.Of([1, 3])!.Mean);
    }

    [Fact]
    public void Rows_are_methods_in_the_order_they_come_over_their_seeds()
    {
        ComparedResult[] runs = [Run("mfw", 0, 50), Run("erm", 0, 60), Run("mfw", 1, 54), Run("erm", 1, 62)];

        IReadOnlyList<ComparisonRow> rows = Comparison.Of(runs);

        Assert.Equal(["mfw", "erm"], rows.Select(row => row.Methods));
        Assert.Equal([0ul, 1], rows[0].Seeds);
        Assert.Equal([50, 54], rows[0].Accuracies[0]!.Values);
        Assert.Null(rows[0].Accuracies[4]);
        Assert.Equal(61, Comparison.Best(rows)[0]);
        Assert.Null(Comparison.Best(rows)[4]);
    }

    [Fact]
    public void Over_folds_a_value_is_the_mean_over_the_seeds_of_a_fold()
    {
        ComparedResult[] runs =
        [
            Run("mfw", 0, 50, 1),
            Run("mfw", 1, 54, 1),
            Run("mfw", 0, 60, 2),
            Run("mfw", 1, 62, 2),
        ];

        ComparisonRow row = Assert.Single(Comparison.Of(runs));

        Assert.Equal([0UL, 1], row.Seeds);
        Assert.Equal(2, row.Folds);
        Assert.Equal([52, 61], row.Accuracies[0]!.Values);
    }

    [Fact]
    public void A_row_is_told_apart_from_the_best_by_the_images_that_both_were_tested_on()
    {
        // 100 images of each of two classes; the best is right on 90, another on 88 of the same and on 60.
        ComparedResult[] runs =
        [
            Said("best", 0, 90),
            Said("best", 1, 90),
            Said("alike", 0, 88),
            Said("alike", 1, 89),
            Said("worse", 0, 60),
            Said("worse", 1, 60),
        ];

        IReadOnlyList<ComparisonRow> rows = Comparison.Of(runs);

        Assert.Null(rows[0].Difference);
        Assert.Equal(-1.5, rows[1].Difference!.Mean, 1e-9);
        Assert.Equal(-30, rows[2].Difference!.Mean, 1e-9);
        Assert.True(rows[2].Difference!.IsToldApart);
        Assert.Null(Comparison.Of([.. runs.Take(5)])[2].Difference); // Other seeds.
        Assert.Null(Comparison.Of([.. runs.Take(5), Run("worse", 1, 60)])[2].Difference);

        static ComparedResult Said(string methods, ulong seed, int right) =>
            Run(methods, seed, right) with
            {
                Said = new PredictedImages(
                    ["a", "b"],
                    [
                        .. Enumerable
                            .Range(0, 200)
                            .Select(image => new PredictedImage(
                                image,
                                image % 2,
                                null,
                                null,
                                (image / 2 < right) == (image % 2 == 0) ? [0.9f, 0.1f] : [0.1f, 0.9f]
                            )),
                    ]
                ),
            };
    }

    private static ComparedResult Run(string methods, ulong seed, double accuracy, int fold = 0) =>
        new(
            methods,
            seed,
            fold,
            3,
            10,
            [.. Comparison.Columns.Select(column => column.Key == "medium_accuracy" ? (double?)null : accuracy)]
        );
}
