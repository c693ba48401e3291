using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Counterpoise.Interop;
using Counterpoise.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Models;

/// <summary>Networks in Python's torchvision, where it is installed (Debian's python3-torch and python3-torchvision).</summary>
public sealed class TorchvisionTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("resnet18", "resnet18")]
    [InlineData("resnet50", "resnet50")]
    [InlineData("resnext50", "resnext50_32x4d")]
    [InlineData("densenet121", "densenet121")]
    public void Saved_parameters_give_the_same_logits_there(string name, string theirs)
    {
        if (Run("-c", "import torch, torchvision").ExitCode != 0)
        {
            Assert.Skip(
                "There is no /usr/bin/python3 with torch and torchvision (python3-torch, python3-torchvision)."
            );
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(7, new Draws(3));
        network.train();
        network.call(Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 4, 3, 64, 64))); // Moves the running statistics.
        network.eval();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 2, 3, 96, 96));
        NetworkParameters.Save(network, folder["weights"]);
        Safetensors.Write(folder["batch"], [new("images", images), new("logits", network.call(images))]);

        (int exitCode, string output) = Run(Script(), theirs, folder["weights"], folder["batch"]);

        Assert.True(exitCode == 0, output);
    }

    private static string Script([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "interop", "torchvision_logits.py");

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(Python, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return (-1, "");
        }
    }
}
