using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Tuning;

namespace Counterpoise.Tests.Tuning;

public sealed class ParzenDensityTests
{
    [Theory]
    [InlineData]
    [InlineData("0.2")]
    [InlineData("0", "1")]
    [InlineData("0.5", "0.5", "0.51", "0.9")]
    public void A_density_over_a_range_is_one_in_all(params string[] seen)
    {
        const int steps = 10_000;
        ValueDensity density = new RangeDimension("x", 0, 1, false, false).DensityOf(seen);

        double sum = Enumerable
            .Range(0, steps)
            .Sum(i => Math.Exp(density.LogOf(((i + 0.5) / steps).ToString("R", CultureInfo.InvariantCulture))));

        Assert.Equal(1, sum / steps, 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_probabilities_of_whole_numbers_are_one_in_all(bool logarithmic)
    {
        ValueDensity density = new RangeDimension("x", 1, 9, logarithmic, IsWhole: true).DensityOf(["2", "2", "7"]);

        Assert.Equal(1, Enumerable.Range(1, 9).Sum(n => Math.Exp(density.LogOf($"{n}"))), 1e-4);
    }

    [Fact]
    public void Values_that_were_seen_are_likelier_and_the_others_possible()
    {
        ValueDensity range = new RangeDimension("x", 0.01, 100, IsLogarithmic: true, false).DensityOf([
            "1",
            "1.1",
            "0.9",
        ]);
        ValueDensity list = new ListDimension("x", new("a", "b", "c")).DensityOf(["b", "b"]);

        Assert.True(range.LogOf("1") > range.LogOf("20"));
        Assert.True(double.IsFinite(range.LogOf("100")));
        Assert.Equal(
            [0.2, 0.6, 0.2],
            new[] { "a", "b", "c" }.Select(value => Math.Round(Math.Exp(list.LogOf(value)), 9))
        );
    }

    [Fact]
    public void Values_are_drawn_as_often_as_the_density_says()
    {
        const int count = 4000;
        ValueDensity density = new RangeDimension("x", 1, 5, false, IsWhole: true).DensityOf(["2", "2", "4"]);
        DrawStream draws = new Draws(1).At(DrawPurpose.Proposal);
        int[] drawn = new int[6];
        for (int i = 0; i < count; i++)
        {
            drawn[int.Parse(density.Draw(ref draws), CultureInfo.InvariantCulture)]++;
        }

        Assert.All(
            Enumerable.Range(1, 5),
            n => Assert.Equal(Math.Exp(density.LogOf($"{n}")), (double)drawn[n] / count, 0.035)
        );
    }

    [Fact]
    public void The_normal_distribution_agrees_with_tables()
    {
        Assert.Equal(0.5, NormalDistribution.Below(0), 1e-7);
        Assert.Equal(0.9750021, NormalDistribution.Below(1.96), 1e-6);
        Assert.Equal(0.0013499, NormalDistribution.Below(-3), 1e-6);
    }
}
