using Counterpoise.Basics;
using Counterpoise.Methods;
using CsCheck;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class CosineHeadTests
{
    private const int Examples = 2;
    private const int Channels = 5;
    private const int Side = 2;
    private const int Classes = 3;

    [Fact]
    public void Logits_are_scaled_cosines_of_pooled_features_and_slopes_theirs() =>
        Gen.Select(Gen.Double[0.5, 40], Gen.ULong)
            .Sample(
                (scale, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using CosineHead head = Head(scale, seed);
                    Tensor map = Numbers.Normal(seed + 1, ScalarType.Float32, Examples, Channels, Side, Side);
                    map.requires_grad_();
                    Tensor logits = head.call(map);
                    Assert.Equal(ScalarType.Float32, logits.dtype);
                    Tensor slope = Numbers.Normal(seed + 2, ScalarType.Float32, logits.shape);
                    (logits * slope).sum().backward();

                    double[] m = Numbers.Of(map);
                    double[] w = Numbers.Of(Weight(head));
                    double[] r = Numbers.Of(slope);
                    Numbers.AssertClose(Logits(m, w, scale), Numbers.Of(logits), 1e-5);
                    double Loss(double[] features, double[] vectors) =>
                        Logits(features, vectors, scale).Zip(r, (a, b) => a * b).Sum();
                    Numbers.AssertClose(Differences(m, x => Loss(x, w)), Numbers.Of(map.grad!), 2e-5, "map");
                    Numbers.AssertClose(
                        Differences(w, x => Loss(m, x)),
                        Numbers.Of(Weight(head).grad!),
                        2e-5,
                        "weight"
                    );
                },
                iter: 50
            );

    [Fact]
    public void Logits_do_not_depend_on_lengths_and_reach_the_scale()
    {
        using var scope = NewDisposeScope();
        using CosineHead head = Head(30, 4);
        double[] w = Numbers.Of(Weight(head));
        Tensor along = tensor(w[..Channels]).reshape(1, Channels, 1, 1).to(ScalarType.Float32);
        double[] logits = Numbers.Of(head.call(cat([along, along * -0.01, along * 1e4])));
        Assert.Equal(30, logits[0], 1e-4);
        Assert.Equal(-30, logits[Classes], 1e-4);
        Numbers.AssertClose(logits[..Classes], logits[(2 * Classes)..], 1e-6);

        using (no_grad())
        {
            Weight(head).mul_(tensor(new[] { 0.1f, 7, 1000 }).unsqueeze(1));
        }

        Numbers.AssertClose(logits, Numbers.Of(head.call(cat([along, along * -0.01, along * 1e4]))), 1e-5);
    }

    [Fact]
    public void Features_of_0_give_logits_of_0()
    {
        using var scope = NewDisposeScope();
        using CosineHead head = Head(30, 4);
        Assert.Equal(new double[Classes], Numbers.Of(head.call(zeros(1, Channels, Side, Side))));
    }

    [Fact]
    public void A_map_of_bfloat16_gives_logits_of_float32()
    {
        using var scope = NewDisposeScope();
        using CosineHead head = Head(30, 4);
        Tensor map = Numbers.Normal(5, ScalarType.BFloat16, Examples, Channels, Side, Side);
        Tensor logits = head.call(map);
        Assert.Equal(ScalarType.Float32, logits.dtype);
        Numbers.AssertClose(Logits(Numbers.Of(map), Numbers.Of(Weight(head)), 30), Numbers.Of(logits), 1e-5);
    }

    [Fact]
    public void It_has_a_vector_a_class_without_bias_of_length_1_at_the_start()
    {
        using var scope = NewDisposeScope();
        using var head = new CosineHead(64, 40, 30);
        head.Initialise(new Draws(9));
        (string name, Parameter weight) = Assert.Single(head.named_parameters());
        Assert.Equal("weight", name);
        Assert.Equal([40, 64], weight.shape);
        Assert.Empty(head.named_buffers());
        double[] values = Numbers.Of(weight);
        Assert.All(values.Chunk(64), row => Assert.Equal(1, row.Sum(value => value * value), 1e-5));

        // Directions from all sides: 64 times the mean of a coordinate's square is 1, and the mean itself is 0.
        Assert.InRange(Math.Abs(values.Average()), 0, 5 / 8.0 / Math.Sqrt(values.Length));
        double[] means = [.. Enumerable.Range(0, 64).Select(c => values.Where((_, i) => i % 64 == c).Average())];
        Assert.All(means, mean => Assert.InRange(Math.Abs(mean), 0, 5 / 8.0 / Math.Sqrt(40)));
    }

    [Fact]
    public void Initial_vectors_depend_on_the_seed_alone()
    {
        using var scope = NewDisposeScope();
        using CosineHead head = Head(30, 4);
        random.manual_seed(3);
        using CosineHead same = Head(30, 4);
        using CosineHead other = Head(30, 5);
        Assert.Equal(Numbers.Of(Weight(head)), Numbers.Of(Weight(same)));
        Assert.NotEqual(Numbers.Of(Weight(head)), Numbers.Of(Weight(other)));
    }

    private static CosineHead Head(double scale, ulong seed)
    {
        var head = new CosineHead(Channels, Classes, scale);
        head.Initialise(new Draws(seed));
        return head;
    }

    private static Parameter Weight(CosineHead head) => head.get_parameter("weight")!;

    /// <summary>s x w_c / (|x| |w_c|), x being the mean over the places.</summary>
    private static double[] Logits(double[] map, double[] weight, double scale) =>
        [
            .. from x in map.Chunk(Side * Side).Select(places => places.Average()).Chunk(Channels)
            from w in weight.Chunk(Channels)
            select scale * x.Zip(w, (a, b) => a * b).Sum() / (Length(x) * Length(w)),
        ];

    private static double Length(double[] row) => Math.Sqrt(row.Sum(value => value * value));

    private static double[] Differences(double[] at, Func<double[], double> function)
    {
        const double step = 1e-5;
        return
        [
            .. at.Select(
                (value, i) =>
                {
                    double[] above = [.. at];
                    double[] below = [.. at];
                    above[i] += step;
                    below[i] -= step;
                    return (function(above) - function(below)) / (2 * step);
                }
            ),
        ];
    }
}
