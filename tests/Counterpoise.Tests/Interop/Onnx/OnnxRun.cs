using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Results.Export;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Interop.Onnx;

/// <summary>Runs ONNX models by OnnxRuntime, for comparison with TorchSharp.</summary>
internal static class OnnxRun
{
    internal static readonly Normalisation Normalisation = new([0.49f, 0.48f, 0.44f], [0.2f, 0.21f, 0.22f]);

    internal static ClassifierDescription Describe(StagedNetwork network, int classes, int size) =>
        new(
            [.. Enumerable.Range(0, classes).Select(label => $"class {label}")],
            new ImagePreparation(new ImageReading(new ImageGeometry(size, size, ResizeRule.Square)), Normalisation),
            [.. Enumerable.Range(1, classes)],
            [.. Enumerable.Range(0, classes).Select(_ => 1.0 / classes)],
            network.GetName(),
            "erm"
        );

    /// <summary>Gives normalisation factors and moments as trained networks have: a mistake in them shows.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Its factors depend on it.</param>
    /// <param name="size">Height and width of the images that give the moments.</param>
    /// <param name="images">Those images, normalised; null for noise.</param>
    internal static void Shake(StagedNetwork network, ulong seed, int size, Tensor? images = null)
    {
        const int batches = 20; // So many that the moments are those of the images, not those they started from.
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in network.named_parameters().Where(named => named.parameter.dim() == 1))
        {
            using var scope = NewDisposeScope();
            Tensor numbers = Numbers.Normal(seed++, ScalarType.Float32, tensor.shape) * 0.2;
            tensor.copy_(name.EndsWith("weight", StringComparison.Ordinal) ? numbers.exp() : numbers);
        }

        network.train();
        for (int batch = 0; batch < batches; batch++)
        {
            using var scope = NewDisposeScope();
            network.Map(images ?? Numbers.Normal(seed++, ScalarType.Float32, 4, 3, size, size));
        }

        network.eval();
    }

    /// <summary>The output of a model for normalised images or pixels: rows of classes.</summary>
    internal static float[] Output(byte[] model, string input, Tensor images)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var session = new InferenceSession(model, options);
        using Tensor ordered = images.contiguous();
        using OrtValue value =
            ordered.dtype == ScalarType.Byte
                ? OrtValue.CreateTensorValueFromMemory(ordered.data<byte>().ToArray(), ordered.shape)
                : OrtValue.CreateTensorValueFromMemory(ordered.data<float>().ToArray(), ordered.shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, [input], [value], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>The logits of a network with a linear head in float64, by libtorch's operations. The network stays in float64.</summary>
    internal static float[] Exact(StagedNetwork network, Tensor images)
    {
        var head = (LinearHead)network.Head;
        Tensor weight = head.Weight.detach().to(ScalarType.Float64);
        Tensor bias = head.Bias.detach().to(ScalarType.Float64);
        network.to(ScalarType.Float64);
        Tensor features = network.Map(images.to(ScalarType.Float64)).mean([2, 3]);
        return nn.functional.linear(features, weight, bias).to(ScalarType.Float32).data<float>().ToArray();
    }

    /// <summary>The largest difference between two lists of numbers of the same length.</summary>
    internal static double Apart(float[] one, float[] other)
    {
        Assert.Equal(one.Length, other.Length);
        return one.Zip(other, (a, b) => Math.Abs((double)a - b)).Max();
    }
}
