using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

public sealed class RanksTests
{
    [Theory]
    [InlineData(13, 8, 2)]
    [InlineData(13, 8, 4)]
    [InlineData(128, 2, 2)]
    [InlineData(118, 12, 3)]
    [InlineData(7, 1, 1)]
    public void Shares_cover_a_row_once_and_hold_whole_groups(int count, int groups, int ranks)
    {
        Range[] shares = ThreadRanks.Run(ranks, own => own.ShareOf(count, groups));

        int[] row = [.. Enumerable.Range(0, count)];
        Assert.Equal(row, shares.SelectMany(share => row[share]));
        int[] wholeRow = [.. Enumerable.Range(0, groups).Select(group => Ranks.Start(count, groups, group))];
        int[] byRank =
        [
            .. shares.SelectMany(share =>
            {
                (int offset, int length) = share.GetOffsetAndLength(count);
                int own = groups / ranks;
                return Enumerable.Range(0, own).Select(group => offset + Ranks.Start(length, own, group));
            }),
        ];
        Assert.Equal(wholeRow, byRank);
    }

    [Fact]
    public void Alone_nothing_changes()
    {
        double[] numbers = [1, 2];
        Ranks.Alone.Sum(numbers.AsSpan());

        Assert.Equal([1, 2], numbers);
        Assert.Equal("text", Ranks.Alone.FromFirst("text"));
        Assert.Equal(3, Ranks.Alone.Sum(3.0));
        Assert.True(Ranks.Alone.IsFirst);
    }

    [Fact]
    public void What_one_says_all_hear()
    {
        (bool Any, string Text)[] heard = ThreadRanks.Run(
            3,
            ranks => (ranks.Any(ranks.Rank == 1), ranks.FromFirst($"rank {ranks.Rank}"))
        );

        Assert.All(heard, one => Assert.Equal((true, "rank 0"), one));
    }

    [Fact]
    public void The_first_makes_before_the_others_do()
    {
        int made = 0;

        int[] order = ThreadRanks.Run(3, ranks => ranks.FirstThenOthers(() => Interlocked.Increment(ref made)));

        Assert.Equal(1, order[0]);
        Assert.Equal([2, 3], order[1..].Order());
    }
}
