using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class WeightAverageTests
{
    private const double Keeps = 0.7;

    [Fact]
    public void After_every_step_it_is_the_weighted_mean_of_what_the_weights_were_after_all_steps()
    {
        using var scope = NewDisposeScope();
        Tensor weight = Value(0);
        using var average = new WeightAverage(Keeps, [("w", weight)]);
        List<double[]> seen = [];
        for (int step = 0; step < 8; step++)
        {
            weight.copy_(Value(step + 1));
            average.Add(step);
            seen.Add(Numbers.Of(weight));
            double[] shares = [.. seen.Select((_, i) => Math.Pow(Keeps, seen.Count - 1 - i))];
            double[] wanted =
            [
                .. seen[0].Select((_, k) => seen.Zip(shares, (w, share) => share * w[k]).Sum() / shares.Sum()),
            ];
            (string name, Tensor kept) = Assert.Single(average.State);
            Assert.Equal("ema.w", name);
            Numbers.AssertClose(wanted, Numbers.Of(kept), 1e-6);
        }
    }

    [Fact]
    public void After_the_first_step_it_is_the_weights_to_the_bit()
    {
        using var scope = NewDisposeScope();
        Tensor weight = Value(0);
        using var average = new WeightAverage(0.9999, [("w", weight)]);
        weight.copy_(Value(1));
        average.Add(0);
        Assert.Equal(Numbers.Of(weight), Numbers.Of(average.Of("w")!));
    }

    [Fact]
    public void An_exchange_is_undone_by_another()
    {
        using var scope = NewDisposeScope();
        Tensor weight = Value(1);
        using var average = new WeightAverage(Keeps, [("w", weight)]);
        weight.copy_(Value(2));
        average.Exchange();
        Assert.Equal(Numbers.Of(Value(1)), Numbers.Of(weight));
        average.Exchange();
        Assert.Equal(Numbers.Of(Value(2)), Numbers.Of(weight));
        Assert.Equal(Numbers.Of(Value(1)), Numbers.Of(average.Of("w")!));
        average.Take();
        Assert.Equal(Numbers.Of(Value(1)), Numbers.Of(weight));
    }

    [Fact]
    public void What_begins_to_learn_later_joins_an_average_that_goes_on()
    {
        using var scope = NewDisposeScope();
        Tensor head = Value(1);
        Tensor stage = Value(2);
        using var whole = new WeightAverage(Keeps, [("head", head), ("stage", stage)]);
        using var first = new WeightAverage(Keeps, [("head", head)]);
        Move(head, 3);
        whole.Add(0);
        first.Add(0);
        using var later = new WeightAverage(Keeps, [("stage", stage), ("head", head)], first);
        Move(head, 4);
        Move(stage, 5);
        whole.Add(1);
        later.Add(1);
        Assert.Equal(Numbers.Of(whole.Of("head")!), Numbers.Of(later.Of("head")!));
        Numbers.AssertClose(whole.Of("stage")!, later.Of("stage")!, 1e-6);
        Assert.Null(first.Of("stage"));
    }

    private static void Move(Tensor weight, int seed) => weight.copy_(Value(seed));

    private static Tensor Value(int seed) => Numbers.Normal((ulong)seed, ScalarType.Float32, 3, 2);
}
