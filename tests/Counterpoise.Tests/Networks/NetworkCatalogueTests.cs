using Counterpoise.Basics;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class NetworkCatalogueTests
{
    public static TheoryData<string> Names => [.. NetworkCatalogue.All.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_network_can_be_built_and_has_the_stages_it_is_listed_with(string name)
    {
        NetworkDescription description = NetworkCatalogue.Find(name);
        using StagedNetwork network = description.Create(description.DefaultClasses, new Draws(0));
        Assert.Equal(description.Stages, network.Stages);
        Assert.Equal(description.Features, network.Features);
        Assert.Equal("input", network.Stages[0]);
        Assert.Equal(name, network.GetName());
    }

    [Theory]
    [InlineData("resnet23", "model 'resnet23' is not known; did you mean 'resnet20'?")]
    [InlineData("ResNet32", "model 'ResNet32' is not known; did you mean 'resnet32'?")]
    public void An_unknown_name_suggests_the_nearest(string name, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => NetworkCatalogue.Find(name)).Message);

    [Fact]
    public void A_name_that_is_near_none_lists_all() =>
        Assert.Equal(
            $"model 'vgg' is not known; known are: {string.Join(", ", NetworkCatalogue.All.Select(n => n.Name))}.",
            Assert.Throws<UsageException>(() => NetworkCatalogue.Find("vgg")).Message
        );

    /// <summary>The counts that torchvision and the networks' papers and public implementations have.</summary>
    [Theory]
    [InlineData("resnet32", 10, 464_154)]
    [InlineData("cifar-densenet121", 10, 6_956_298)]
    [InlineData("tiny-resnet18", 200, 11_271_432)]
    [InlineData("resnet10", 1000, 5_418_792)]
    [InlineData("resnet18", 1000, 11_689_512)]
    [InlineData("resnet34", 1000, 21_797_672)]
    [InlineData("resnet50", 1000, 25_557_032)]
    [InlineData("resnext50", 1000, 25_028_904)]
    [InlineData("densenet121", 1000, 7_978_856)]
    public void Networks_have_their_published_numbers_of_parameters(string name, int classes, long parameters)
    {
        NetworkDescription description = NetworkCatalogue.Find(name);
        Assert.Equal(classes, description.DefaultClasses);
        Assert.Equal(parameters, description.CountParameters());
    }

    [Fact]
    public void ResNet12_has_its_published_number_of_parameters_without_the_classifier()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet12").Create(5, new Draws(0));
        Assert.Equal(12_424_320, network.ParameterCount - network.Head.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData("cifar-densenet121", 32, "128x16x16 256x8x8 512x4x4 1024x4x4")]
    [InlineData("tiny-resnet18", 64, "64x64x64 128x32x32 256x16x16 512x8x8")]
    [InlineData("resnet12", 84, "64x42x42 160x21x21 320x10x10 640x5x5")]
    [InlineData("resnet10", 224, "64x56x56 128x28x28 256x14x14 512x7x7")]
    [InlineData("resnet18", 224, "64x56x56 128x28x28 256x14x14 512x7x7")]
    [InlineData("resnet50", 224, "256x56x56 512x28x28 1024x14x14 2048x7x7")]
    [InlineData("resnext50", 224, "256x56x56 512x28x28 1024x14x14 2048x7x7")]
    [InlineData("densenet121", 224, "128x28x28 256x14x14 512x7x7 1024x7x7")]
    public void Stages_have_the_papers_shapes(string name, int size, string shapes)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(3, new Draws(0));
        network.eval();
        List<string> found = [];
        Tensor last = network.Map(
            rand(1, 3, size, size),
            (stage, map) =>
            {
                found.Add(string.Join('x', map.shape[1..]));
                return map;
            }
        );
        Assert.Equal(shapes.Split(' '), found.Skip(1));
        Assert.Equal(network.Features, last.shape[1]);
        Assert.Equal([1, 3], network.Head.call(last).shape);
    }
}
