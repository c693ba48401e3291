using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class BinomialBoundsTests
{
    [Theory]
    [InlineData(1, 1, 0.3)]
    [InlineData(3, 10, 0.2)]
    [InlineData(8, 140, 0.1)]
    [InlineData(50, 80, 0.6)]
    [InlineData(5, 20000, 0.0001)]
    public void The_chance_of_so_many_is_the_sum_of_each_number(int count, int n, double p)
    {
        double below = 0;
        double term = Math.Pow(1 - p, n);
        for (int k = 0; k < count; k++)
        {
            below += term;
            term *= (double)(n - k) / (k + 1) * p / (1 - p);
        }

        Assert.Equal(1 - below, BinomialBounds.AtLeast(count, n, p), 1e-10);
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(0, 1000)]
    [InlineData(7, 90)]
    [InlineData(89, 90)]
    public void At_the_upper_bound_so_few_are_seen_one_time_in_twenty(int seen, int all)
    {
        double bound = BinomialBounds.Upper(seen, all, 0.95);
        Assert.Equal(0.95, BinomialBounds.AtLeast(seen + 1, all, bound), 1e-9);
    }

    [Fact]
    public void None_of_many_is_bounded_at_three_over_their_number()
    {
        Assert.Equal(3.0 / 1000, BinomialBounds.Upper(0, 1000, 0.95), 1e-5);
        Assert.Equal(1, BinomialBounds.Upper(10, 10, 0.95));
    }
}
