using Counterpoise.Basics;
using Counterpoise.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class InitialisationTests
{
    [Fact]
    public void Weights_are_normal_with_variance_2_over_fan_in()
    {
        using StagedNetwork network = Create(1);
        int large = 0;
        foreach (
            (string name, Parameter parameter) in network.named_parameters().Where(named => named.parameter.dim() >= 2)
        )
        {
            double fanIn = parameter.dim() == 4 ? parameter.shape[1] * 9 : parameter.shape[1];
            double[] values = [.. Numbers.Of(parameter).Select(value => value * Math.Sqrt(fanIn / 2))];
            double error = 5 / Math.Sqrt(values.Length);
            Assert.True(Math.Abs(values.Average()) < error, name);
            Assert.True(Math.Abs(values.Average(value => value * value) - 1) < Math.Sqrt(2) * error, name);
            if (values.Length > 9000)
            {
                large++;
                Assert.Equal(0.6827, values.Count(value => Math.Abs(value) < 1) / (double)values.Length, 0.025);
            }
        }

        Assert.Equal(3, large);
    }

    [Fact]
    public void Normalisation_starts_as_the_identity_and_the_classifiers_bias_small()
    {
        using StagedNetwork network = Create(1);
        foreach (
            (string name, Parameter parameter) in network.named_parameters().Where(named => named.name.Contains("bn"))
        )
        {
            Assert.All(
                Numbers.Of(parameter),
                value => Assert.Equal(name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0, value)
            );
        }

        double[] bias = Numbers.Of(network.get_parameter("linear.bias")!);
        Assert.All(bias, value => Assert.InRange(Math.Abs(value), 1e-9, 1.0 / 8)); // 1 / sqrt(64)
        Assert.Equal(bias.Length, bias.Distinct().Count());
    }

    [Fact]
    public void Initial_parameters_depend_on_the_seed_alone()
    {
        using StagedNetwork network = Create(1);
        random.manual_seed(3);
        using StagedNetwork same = Create(1);
        using StagedNetwork other = Create(2);
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            Assert.Equal(Numbers.Of(parameter), Numbers.Of(same.get_parameter(name)!));
            if (!name.Contains("bn"))
            {
                Assert.NotEqual(Numbers.Of(parameter), Numbers.Of(other.get_parameter(name)!));
            }
        }

        // Every parameter has draws of its own.
        Assert.NotEqual(
            Numbers.Of(network.get_parameter("layer1.0.conv1.weight")!),
            Numbers.Of(network.get_parameter("layer1.0.conv2.weight")!)
        );
    }

    [Fact]
    public void A_network_outlives_the_scope_it_was_made_in()
    {
        StagedNetwork network;
        using (NewDisposeScope())
        {
            network = Create(1);
        }

        Assert.All(network.parameters(), parameter => Assert.False(parameter.IsInvalid));
        Assert.All(network.buffers(), buffer => Assert.False(buffer.IsInvalid));
        network.Dispose();
    }

    private static StagedNetwork Create(ulong seed) => NetworkCatalogue.Find("resnet8").Create(10, new Draws(seed));
}
