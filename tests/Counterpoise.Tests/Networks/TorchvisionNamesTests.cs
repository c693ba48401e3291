using Counterpoise.Basics;
using Counterpoise.Interop;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>Files of published parameters fit the networks that their names stand for.</summary>
public sealed class TorchvisionNamesTests : IDisposable
{
    private static readonly Dictionary<string, Func<Dictionary<string, long[]>>> Shapes = new()
    {
        ["resnet18"] = () => TorchvisionNames.ResNet([2, 2, 2, 2]),
        ["resnet34"] = () => TorchvisionNames.ResNet([3, 4, 6, 3]),
        ["resnet50"] = () => TorchvisionNames.ResNet([3, 4, 6, 3], isBottleneck: true),
        ["resnext50"] = () => TorchvisionNames.ResNet([3, 4, 6, 3], isBottleneck: true, groups: 32, groupWidth: 4),
        ["densenet121"] = TorchvisionNames.DenseNet121,
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. PublishedParameters.Names];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_of_its_names_and_shapes_is_loaded(string name)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, long[]> shapes = Shapes[name]();
        var tensors = shapes.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Length == 0 ? zeros([], ScalarType.Int64) : rand(pair.Value)
        );
        Safetensors.Write(folder["model"], tensors);
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(1000, new Draws(1));
        Assert.Empty(NetworkParameters.Load(network, folder["model"]));
        Dictionary<string, Tensor> loaded = NetworkParameters.Of(network);
        Assert.Equal(shapes.Keys.Order(StringComparer.Ordinal), loaded.Keys.Order(StringComparer.Ordinal));
        Assert.All(loaded, pair => Assert.True(pair.Value.equal(tensors[pair.Key]).all().item<bool>(), pair.Key));
    }

    [Fact]
    public void With_other_classes_the_classifier_is_left_out_and_that_is_said()
    {
        using var scope = NewDisposeScope();
        var tensors = Shapes["resnet18"]
            ()
            .ToDictionary(
                pair => pair.Key,
                pair => pair.Value.Length == 0 ? zeros([], ScalarType.Int64) : rand(pair.Value)
            );
        Safetensors.Write(folder["model"], tensors);
        using StagedNetwork network = NetworkCatalogue.Find("resnet18").Create(7, new Draws(1));
        Assert.Contains(
            "the classifier (fc) is of another size or kind and starts from random parameters",
            Assert.Single(NetworkParameters.Load(network, folder["model"]))
        );
        Assert.True(network.get_parameter("conv1.weight")!.equal(tensors["conv1.weight"]).all().item<bool>());
        Assert.Equal([7, 512], network.get_parameter("fc.weight")!.shape);
    }
}
