using System.Runtime.CompilerServices;
using System.Text.Json;
using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Tests.Interop.Onnx;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop;

/// <summary>The lines of Python in docs/classifier.md, word for word.</summary>
public sealed class PythonSnippetTests
{
    private const string Classify = """

        network.eval()
        images = (torch.arange(2 * 3 * 40 * 40) % 7).reshape(2, 3, 40, 40) / 3 - 1
        print(json.dumps(network(images).flatten().tolist()))
        """;

    [Fact]
    public void The_network_that_is_read_gives_the_same_logits()
    {
        var python = Python.That("import torch, torchvision", "torch and torchvision (python3-torchvision)");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var folder = new TemporaryFolder();
        using StagedNetwork network = NetworkCatalogue.Find("resnet18").Create(4, new Draws(3));
        OnnxRun.Shake(network, 5, size: 40);
        IReadOnlyDictionary<string, string> about = OnnxRun.Describe(network, 4, 40).ToMetadata();
        NetworkParameters.Save(network, folder["model.safetensors"], about);
        File.WriteAllText(
            folder["run.py"],
            $"import os\nos.chdir({JsonSerializer.Serialize(folder.Path)})\n{Snippet()}{Classify}"
        );

        float[] theirs = JsonSerializer.Deserialize<float[]>(python.Run(folder["run.py"]))!;

        Tensor images = (arange(2 * 3 * 40 * 40).remainder(7).reshape(2, 3, 40, 40).to(ScalarType.Float32) / 3) - 1;
        float[] ours = network.call(images).data<float>().ToArray();
        Assert.True(OnnxRun.Apart(ours, theirs) < 1e-4, $"{OnnxRun.Apart(ours, theirs)}");
    }

    private static string Snippet([CallerFilePath] string thisFile = "")
    {
        string page = File.ReadAllText(
            Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "classifier.md")
        );
        return page.Split("```python\n")[1].Split("```")[0];
    }
}
