using Counterpoise.Basics;
using Counterpoise.Methods;

namespace Counterpoise.Tests.Methods;

public sealed class BetaDistributionTests
{
    private const int Count = 20_000;

    public static TheoryData<double> Shapes => [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Mean_and_variance_are_those_of_the_distribution(double alpha)
    {
        double[] draws = Draw(alpha);
        double variance = 1 / (4 * ((2 * alpha) + 1));
        double mean = draws.Average();
        Assert.Equal(0.5, mean, 4 * Math.Sqrt(variance / Count));

        // The kurtosis is below 3, so the variance's standard error is below variance sqrt(2 / Count).
        double found = draws.Average(value => Math.Pow(value - 0.5, 2));
        Assert.Equal(variance, found, 4 * variance * Math.Sqrt(2.0 / Count));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Draws_follow_the_distribution_function(double alpha)
    {
        double[] draws = [.. Draw(alpha).Order()];
        double[] tail = [.. Enumerable.Range(1, 12).Select(i => Math.Pow(10, -i))];
        double[] places = [.. tail, .. tail.Select(x => 1 - x), .. Enumerable.Range(1, 99).Select(i => i / 100.0)];
        double largest = places.Max(x =>
            Math.Abs((draws.Count(value => value <= x) / (double)Count) - Cumulative(x, alpha))
        );

        // Kolmogorov and Smirnov: exceeded with probability 0.001.
        Assert.InRange(largest, 0, 1.95 / Math.Sqrt(Count));
    }

    [Theory]
    [InlineData(1, 0.3, 0.3)]
    [InlineData(2, 0.25, 0.15625)]
    [InlineData(0.5, 0.25, 1.0 / 3)]
    public void The_reference_distribution_function_has_its_known_values(double alpha, double x, double cumulative) =>
        Assert.Equal(cumulative, Cumulative(x, alpha), 1e-6);

    [Theory]
    [InlineData(0.001)]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void Extreme_shapes_give_numbers_from_0_to_1(double alpha)
    {
        double[] draws = Draw(alpha);
        Assert.All(draws, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0.5, draws.Average(), 0.02);
        double middle = draws.Count(value => value is > 0.4 and < 0.6) / (double)Count;
        Assert.InRange(middle, alpha < 1 ? 0 : 0.999, alpha < 1 ? 0.002 : 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void The_shape_must_be_above_0(double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            DrawStream stream = new(1);
            BetaDistribution.Draw(ref stream, alpha);
        });

    private static double[] Draw(double alpha)
    {
        double[] draws = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            DrawStream stream = new Draws(11).At(DrawPurpose.MixingWeight, 0, i);
            draws[i] = BetaDistribution.Draw(ref stream, alpha);
        }

        return draws;
    }

    /// <summary>The distribution function by numerical integration of the density.</summary>
    private static double Cumulative(double x, double alpha) =>
        x > 0.5 ? 1 - Cumulative(1 - x, alpha) : 0.5 * Integral(x, alpha) / Integral(0.5, alpha);

    /// <summary>
    /// The integral of (t (1 - t))^(alpha - 1) from 0 to x, times alpha where it is below 1: the substitution u = t^alpha
    /// then takes the pole at 0 away.
    /// </summary>
    private static double Integral(double x, double alpha) =>
        alpha >= 1
            ? Simpson(t => Math.Pow(t * (1 - t), alpha - 1), x)
            : Simpson(u => Math.Pow(1 - Math.Pow(u, 1 / alpha), alpha - 1), Math.Pow(x, alpha));

    private static double Simpson(Func<double, double> function, double end)
    {
        const int pieces = 2000;
        double step = end / pieces;
        double sum = 0;
        for (int i = 0; i < pieces; i++)
        {
            sum += function(i * step) + (4 * function((i + 0.5) * step)) + function((i + 1) * step);
        }

        return sum * step / 6;
    }
}
