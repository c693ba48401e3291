using Counterpoise.Models;

namespace Counterpoise.Tests.Models;

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
        Assert.Equal("input", network.Stages[0]);
        Assert.Equal(name, network.GetName());
    }

    [Theory]
    [InlineData("resnet23", "model 'resnet23' is not known; did you mean 'resnet20'?")]
    [InlineData("ResNet32", "model 'ResNet32' is not known; did you mean 'resnet32'?")]
    [InlineData(
        "vgg",
        "model 'vgg' is not known; known are: resnet8, resnet20, resnet32, resnet44, resnet56, resnet110."
    )]
    public void An_unknown_name_suggests_the_nearest(string name, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => NetworkCatalogue.Find(name)).Message);
}
