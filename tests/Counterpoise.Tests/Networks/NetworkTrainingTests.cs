using Counterpoise.Basics;
using Counterpoise.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>Networks in training, by the kernels, against themselves in float64, by libtorch's plain operations.</summary>
/// <remarks>The kernels are held to 1e-5 a layer elsewhere; here the layers' errors add up, and small batches amplify them.</remarks>
public sealed class NetworkTrainingTests
{
    private const int Images = 4;

    [Theory]
    [InlineData("tiny-resnet18", 16)]
    [InlineData("resnet10", 64)]
    [InlineData("resnet50", 64)]
    [InlineData("resnext50", 64)]
    [InlineData("resnet12", 32)]
    [InlineData("cifar-densenet121", 16)]
    [InlineData("densenet121", 64)]
    public void Maps_and_gradients_are_those_of_double_precision(string name, int size)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create(name);
        using StagedNetwork exact = Create(name);
        exact.to(ScalarType.Float64);
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, Images, 3, size, size));

        Tensor map = network.Map(images);
        Tensor wanted = exact.Map(images.to(ScalarType.Float64));
        Tensor slope = Numbers.Normal(2, ScalarType.Float64, wanted.shape);
        (map * slope.to(ScalarType.Float32)).sum().backward();
        (wanted * slope).sum().backward();

        Assert.True(Distance(wanted, map) < 1e-3, $"map: {Distance(wanted, map)}");
        foreach ((string parameter, Parameter value) in exact.named_parameters())
        {
            if (value.grad is { } gradient)
            {
                double distance = Distance(gradient, network.get_parameter(parameter)!.grad!);
                Assert.True(distance < 0.05, $"{parameter}: {distance}");
            }
        }
    }

    [Theory]
    [InlineData("tiny-resnet18", 16, 0.25)]
    [InlineData("resnet50", 64, 0.75)] // Fifty layers and statistics over sixteen numbers amplify every rounding.
    [InlineData("resnext50", 64, 0.75)]
    [InlineData("resnet12", 32, 0.25)]
    [InlineData("densenet121", 64, 0.25)]
    public void Maps_in_bfloat16_are_near_those_in_float32(string name, int size, double bound)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create(name);
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, Images, 3, size, size));

        Tensor map = network.Map(images.to(ScalarType.BFloat16));
        map.to(ScalarType.Float32).square().sum().backward();

        Assert.Equal(ScalarType.BFloat16, map.dtype);
        Assert.True(Distance(network.Map(images), map) < bound, $"{Distance(network.Map(images), map)}");
        Assert.All(
            network.named_parameters(),
            named =>
                Assert.True(
                    named.parameter.grad is not { } gradient || gradient.isfinite().all().item<bool>(),
                    named.name
                )
        );
    }

    private static StagedNetwork Create(string name)
    {
        StagedNetwork network = NetworkCatalogue.Find(name).Create(3, new Draws(5));
        network.train();
        return network;
    }

    /// <summary>|a - b| / |a|, in the Euclidean norm.</summary>
    private static double Distance(Tensor a, Tensor b)
    {
        Tensor exact = a.detach().to(ScalarType.Float64);
        return ((exact - b.detach().to(ScalarType.Float64)).norm() / exact.norm()).item<double>();
    }
}
