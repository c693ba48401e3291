using System.Runtime.CompilerServices;
using Counterpoise.Basics;
using Counterpoise.Interop;
using Counterpoise.Networks;
using Counterpoise.Tests.Interop;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>Networks in Python's torchvision, where it is installed (Debian's python3-torch and python3-torchvision).</summary>
public sealed class TorchvisionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("resnet18", "resnet18")]
    [InlineData("resnet34", "resnet34")]
    [InlineData("resnet50", "resnet50")]
    [InlineData("resnext50", "resnext50_32x4d")]
    [InlineData("densenet121", "densenet121")]
    public void Saved_parameters_give_the_same_logits_there(string name, string theirs)
    {
        var python = Python.That("import torch, torchvision", "torch and torchvision (python3-torchvision)");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(7, new Draws(3));
        network.train();
        network.call(Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 4, 3, 64, 64))); // Moves the running statistics.
        network.eval();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 2, 3, 96, 96));
        NetworkParameters.Save(network, folder["weights"]);
        Safetensors.Write(folder["batch"], [new("images", images), new("logits", network.call(images))]);

        python.Run(Script(), theirs, folder["weights"], folder["batch"]);
    }

    private static string Script([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "interop", "torchvision_logits.py");
}
