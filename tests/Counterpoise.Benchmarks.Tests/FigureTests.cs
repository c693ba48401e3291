using Counterpoise.Benchmarks.Measuring;

namespace Counterpoise.Benchmarks.Tests;

public sealed class FigureTests
{
    [Fact]
    public void The_median_of_an_odd_number_of_samples_is_the_middle_one()
    {
        var figure = new Figure("f", "ms", [7.0, 1, 3]);

        Assert.Equal((3, 1, 7), (figure.Median, figure.Low, figure.High));
    }

    [Fact]
    public void The_median_of_an_even_number_of_samples_lies_between_the_middle_two()
    {
        var figure = new Figure("f", "ms", [8.0, 1, 3, 4]);

        Assert.Equal((3.5, 1, 8), (figure.Median, figure.Low, figure.High));
    }

    [Fact]
    public void A_ratio_is_formed_within_each_round()
    {
        Figure figure = Figure.Ratio("f", Figure.TimesAsLong, [2.0, 30, 12], [1.0, 10, 3]);

        Assert.Equal([2, 3, 4], figure.Samples);
    }

    [Fact]
    public void Json_has_median_low_and_high_or_null_where_nothing_was_measured()
    {
        Figure[] figures = [new("a", "ms", [1.0, 2]), Figure.Missing("b", "ms")];

        Assert.Equal(
            """{"a":{"median":1.5,"low":1,"high":2},"b":null}""",
            BenchmarkOutput.ToJson(figures).ToJsonString()
        );
    }

    [Fact]
    public void Turns_alternate_there_and_back_and_the_first_round_does_not_count()
    {
        List<string> order = [];
        Contestant Logging(string name) =>
            new(
                name,
                () =>
                {
                    order.Add(name);
                    return new Turn(order.Count, 10, 0);
                }
            );
        Contestant a = Logging("A");
        Contestant b = Logging("B");

        Contestant.TakeTurns(2, [a, b, a]);

        Assert.Equal(["A", "B", "B", "A", "A", "B"], order);
        Assert.Equal([4, 5], a.Seconds);
        Assert.Equal([10.0 / 3, 10.0 / 6], b.PerSecond);
    }
}
