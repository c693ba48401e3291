using Counterpoise.Basics;
using Counterpoise.Interop;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class NetworkParametersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Saved_parameters_come_back()
    {
        using StagedNetwork one = Create(classes: 5, seed: 1);
        using StagedNetwork other = Create(classes: 5, seed: 2);
        NetworkParameters.Save(one, folder["weights"]);

        Assert.Empty(NetworkParameters.Load(other, folder["weights"]));

        AssertEqual(one, other, _ => true);
    }

    [Fact]
    public void A_classifier_of_another_size_stays_as_it_is_and_is_said_aloud()
    {
        using StagedNetwork one = Create(classes: 5, seed: 1);
        using StagedNetwork other = Create(classes: 3, seed: 2);
        using var scope = NewDisposeScope();
        double[] classifier = Numbers.Of(other.get_parameter("linear.weight")!);
        NetworkParameters.Save(one, folder["weights"]);

        string note = Assert.Single(NetworkParameters.Load(other, folder["weights"]));

        Assert.Contains("the classifier (linear)", note);
        Assert.Equal(classifier, Numbers.Of(other.get_parameter("linear.weight")!));
        AssertEqual(one, other, name => !name.StartsWith("linear", StringComparison.Ordinal));
    }

    [Fact]
    public void Tensors_that_are_missing_unexpected_or_of_another_shape_are_listed_and_nothing_is_changed()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create(classes: 5, seed: 1);
        double[] before = Numbers.Of(network.get_parameter("conv1.weight")!);
        NetworkParameters.Save(network, folder["weights"]);
        using SafetensorsFile file = Safetensors.Read(folder["weights"]);
        var tensors = file
            .Tensors.Where(pair => pair.Key != "bn1.weight")
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        tensors["conv1.weight"] = zeros(16, 3, 5, 5);
        tensors["extra"] = zeros(1);
        Safetensors.Write(folder["wrong"], tensors);

        var error = Assert.Throws<CounterpoiseException>(() => NetworkParameters.Load(network, folder["wrong"]));

        Assert.Contains(
            "does not fit resnet8: bn1.weight is missing, extra is unexpected, conv1.weight is [16, 3, 5, 5], expected [16, 3, 3, 3];",
            error.Message
        );
        Assert.Equal(before, Numbers.Of(network.get_parameter("conv1.weight")!));
    }

    [Fact]
    public void Counters_of_batches_may_be_missing()
    {
        using StagedNetwork one = Create(classes: 5, seed: 1);
        using StagedNetwork other = Create(classes: 5, seed: 2);
        NetworkParameters.Save(one, folder["weights"]);
        using SafetensorsFile file = Safetensors.Read(folder["weights"]);
        Safetensors.Write(
            folder["without"],
            file.Tensors.Where(pair => !pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        );

        Assert.Empty(NetworkParameters.Load(other, folder["without"]));
    }

    private static StagedNetwork Create(int classes, ulong seed) =>
        NetworkCatalogue.Find("resnet8").Create(classes, new Draws(seed));

    private static void AssertEqual(StagedNetwork expected, StagedNetwork actual, Func<string, bool> chosen)
    {
        using var scope = NewDisposeScope();
        foreach ((string name, var parameter) in expected.named_parameters().Where(named => chosen(named.name)))
        {
            Assert.Equal(Numbers.Of(parameter), Numbers.Of(actual.get_parameter(name)!));
        }
    }
}
