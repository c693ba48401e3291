using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Metrics;

public sealed class FeatureGradientTests
{
    private static readonly long[] Labels = [0, 2, 1, 2];

    [Fact]
    public void The_closed_form_of_a_linear_head_is_that_of_central_differences()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(3, new Draws(1));
        Tensor map = Numbers.Normal(2, ScalarType.Float32, 4, 64, 2, 2);
        double[] features = Numbers.Of(map.mean([2, 3]));
        double[] weight = Numbers.Of(network.get_parameter("linear.weight")!);
        double[] bias = Numbers.Of(network.get_parameter("linear.bias")!);
        double Loss(double[] f, long label)
        {
            double[] logits =
            [
                .. Enumerable.Range(0, 3).Select(c => bias[c] + f.Select((x, k) => x * weight[(64 * c) + k]).Sum()),
            ];
            return Math.Log(logits.Sum(Math.Exp)) - logits[label];
        }

        double[] found = Numbers.Of(FeatureGradient.Norms(network.Head, map, tensor(Labels)));

        for (int n = 0; n < Labels.Length; n++)
        {
            double[] own = features[(64 * n)..(64 * (n + 1))];
            double squares = 0;
            for (int k = 0; k < 64; k++)
            {
                double[] up = [.. own];
                double[] down = [.. own];
                up[k] += 1e-5;
                down[k] -= 1e-5;
                squares += Math.Pow((Loss(up, Labels[n]) - Loss(down, Labels[n])) / 2e-5, 2);
            }

            Assert.Equal(Math.Sqrt(squares), found[n], 1e-4);
        }
    }

    [Fact]
    public void Other_heads_go_through_autograd_and_agree_where_both_ways_are_open()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(3, new Draws(1));
        Tensor map = Numbers.Normal(2, ScalarType.Float32, 4, 64, 2, 2);
        double[] linear = Numbers.Of(FeatureGradient.Norms(network.Head, map, tensor(Labels)));
        using Head scaled = new Lws().Create(network, new HeadPlace(3, 32, new Draws(2))); // Scales of 1 change nothing.

        Numbers.AssertClose(linear, Numbers.Of(FeatureGradient.Norms(scaled, map, tensor(Labels))), 1e-5);
    }
}
