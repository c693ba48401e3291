using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_come_in_the_order_of_the_requests(bool isSlow)
    {
        List<int> dropped = [];
        var results = ReadAhead.Of(
            Enumerable.Range(0, 20),
            request =>
            {
                Thread.Sleep(request % 3);
                return 10 * request;
            },
            isSlow,
            dropped.Add
        );

        Assert.Equal(Enumerable.Range(0, 20).Select(i => 10 * i), results);
        Assert.Empty(dropped);
    }

    [Fact]
    public void Who_stops_early_leaves_nothing_that_is_not_dropped()
    {
        List<int> read = [];
        List<int> dropped = [];
        List<int> taken = [];
        foreach (
            int result in ReadAhead.Of(
                Enumerable.Range(0, 20),
                request =>
                {
                    lock (read)
                    {
                        read.Add(request);
                    }

                    return request;
                },
                isSlow: true,
                dropped.Add
            )
        )
        {
            taken.Add(result);
            if (result == 4)
            {
                break;
            }
        }

        Assert.Equal([0, 1, 2, 3, 4], taken);
        Assert.Equal(read.Order(), taken.Concat(dropped).Order());
        Assert.InRange(dropped.Count, 1, 3);
    }

    [Fact]
    public void An_error_comes_where_the_result_would()
    {
        List<int> dropped = [];
        List<int> taken = [];
        var results = ReadAhead.Of(
            Enumerable.Range(0, 20),
            request => request == 3 ? throw new CounterpoiseException("broken") : request,
            isSlow: true,
            dropped.Add
        );

        Assert.Equal(
            "broken",
            Assert
                .Throws<CounterpoiseException>(() =>
                {
                    foreach (int result in results)
                    {
                        taken.Add(result);
                    }
                })
                .Message
        );
        Assert.Equal([0, 1, 2], taken);
    }
}
