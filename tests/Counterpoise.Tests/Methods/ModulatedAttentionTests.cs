using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

public sealed class ModulatedAttentionTests
{
    private const int Images = 2;
    private const int Channels = 4;

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(7, 5)]
    public void At_first_the_map_goes_through_unchanged(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var attention = new ModulatedAttention(Channels, height * width);
        attention.Initialise(new Draws(1));
        Tensor map = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, Images, Channels, height, width));

        Assert.Equal(Numbers.Of(map), Numbers.Of(attention.call(map)));
        foreach ((string name, double[] values) in Slow.Parameters(attention))
        {
            Assert.True(name is "mask" or "spatial_bias" == values.All(value => value == 0), name);
        }
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(7, 5)]
    public void Maps_of_any_size_are_modulated_as_the_formula_says(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var attention = new ModulatedAttention(Channels, height * width);
        Slow.Fill(attention, 10, deviation: 0.5);
        Tensor map = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, Images, Channels, height, width));

        Tensor result = attention.call(map);

        Assert.Equal(map.shape, result.shape);
        double[] wanted = Apply(Numbers.Of(map), Slow.Parameters(attention));
        Numbers.AssertClose(wanted, Numbers.Of(result), 1e-5);
        Assert.True(wanted.Zip(Numbers.Of(map), (a, b) => Math.Abs(a - b)).Max() > 0.1);
    }

    [Fact]
    public void Gradients_are_those_of_the_formula()
    {
        using var scope = NewDisposeScope();
        using var attention = new ModulatedAttention(Channels, 6);
        Slow.Fill(attention, 10);
        Tensor map = Numbers.Normal(1, ScalarType.Float32, Images, Channels, 2, 3).requires_grad_();
        Tensor slope = Numbers.Normal(2, ScalarType.Float32, Images, Channels, 2, 3);
        double[] slopes = Numbers.Of(slope);
        Dictionary<string, double[]> values = Slow.Parameters(attention);
        double[] input = Numbers.Of(map);

        (attention.call(map) * slope).sum().backward();

        Numbers.AssertClose(
            Slow.Differences(input, moved => Slow.Dot(Apply(moved, values), slopes)),
            Numbers.Of(map.grad!),
            1e-4,
            "map"
        );
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in attention.named_parameters())
        {
            double[] wanted = Slow.Differences(
                values[name],
                moved => Slow.Dot(Apply(input, new Dictionary<string, double[]>(values) { [name] = moved }), slopes)
            );
            Assert.True(wanted.Max(Math.Abs) > 1e-3, name);
            Numbers.AssertClose(wanted, Numbers.Of(parameter.grad!), 1e-4, name);
        }
    }

    private static double[] Apply(double[] maps, Dictionary<string, double[]> values) =>
        [.. maps.Chunk(maps.Length / Images).SelectMany(map => PlainAttention.Apply(map, Channels, values))];
}
