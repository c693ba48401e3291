using Counterpoise.Data;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class HeldOutTests
{
    [Fact]
    public void Every_position_is_on_exactly_one_side_and_every_larger_class_gives_three() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 60], Gen.ULong)
            .Sample(
                (labels, seed) =>
                {
                    (int[] train, int[] heldOut) = HeldOut.Split(labels, 4, 3, seed);
                    Assert.Equal(Enumerable.Range(0, labels.Length), train.Concat(heldOut).Order());
                    Assert.Equal(train.Order(), train);
                    Assert.Equal(heldOut.Order(), heldOut);
                    for (int c = 0; c < 4; c++)
                    {
                        int size = labels.Count(label => label == c);
                        Assert.Equal(size > 3 ? 3 : 0, heldOut.Count(i => labels[i] == c));
                    }
                }
            );

    [Fact]
    public void The_split_depends_on_the_seed_alone()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        Assert.Equal(HeldOut.Split(labels, 2, 3, 7).HeldOut, HeldOut.Split(labels, 2, 3, 7).HeldOut);
        Assert.NotEqual(HeldOut.Split(labels, 2, 3, 7).HeldOut, HeldOut.Split(labels, 2, 3, 8).HeldOut);
    }

    [Fact]
    public void Every_split_of_a_seed_is_another_one_and_the_first_is_what_a_seed_alone_gives()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        int[][] splits = [.. Enumerable.Range(0, 5).Select(split => HeldOut.Split(labels, 2, 3, 7, split).HeldOut)];
        Assert.Equal(HeldOut.Split(labels, 2, 3, 7).HeldOut, splits[0]);
        Assert.Equal(5, splits.Select(split => string.Join(' ', split)).Distinct().Count());
    }
}
