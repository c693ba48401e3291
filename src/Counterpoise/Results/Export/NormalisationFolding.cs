using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;

namespace Counterpoise.Results.Export;

/// <summary>Batch normalisation right after a convolution becomes part of the convolution's kernel and a bias.</summary>
/// <remarks>W' = W g / sqrt(v + e) and b' = b + (c - m) g / sqrt(v + e), of each output channel with the bias c, computed in float64.</remarks>
internal static class NormalisationFolding
{
    internal static void Fold(GraphProto graph)
    {
        var constants = graph.Initializer.ToDictionary(constant => constant.Name, StringComparer.Ordinal);
        ILookup<string, NodeProto> users = graph
            .Node.SelectMany(node => node.Input.Select(input => (input, node)))
            .ToLookup(pair => pair.input, pair => pair.node, StringComparer.Ordinal);
        foreach (NodeProto convolution in graph.Node.Where(node => node.OpType == "Conv").ToArray())
        {
            if (users[convolution.Output[0]].ToArray() is [{ OpType: "BatchNormalization" } normalisation])
            {
                Fold(graph, convolution, normalisation, constants);
            }
        }

        var used = graph.Node.SelectMany(node => node.Input).ToHashSet(StringComparer.Ordinal);
        foreach (TensorProto unused in graph.Initializer.Where(constant => !used.Contains(constant.Name)).ToArray())
        {
            graph.Initializer.Remove(unused);
        }
    }

    private static void Fold(
        GraphProto graph,
        NodeProto convolution,
        NodeProto normalisation,
        Dictionary<string, TensorProto> constants
    )
    {
        ReadOnlySpan<float> kernel = OnnxTensor.Floats(constants[convolution.Input[1]]);
        long[] shape = [.. constants[convolution.Input[1]].Dims];
        ReadOnlySpan<float> weight = OnnxTensor.Floats(constants[normalisation.Input[1]]);
        ReadOnlySpan<float> shift = OnnxTensor.Floats(constants[normalisation.Input[2]]);
        ReadOnlySpan<float> mean = OnnxTensor.Floats(constants[normalisation.Input[3]]);
        ReadOnlySpan<float> variance = OnnxTensor.Floats(constants[normalisation.Input[4]]);
        double epsilon = normalisation.Attribute.Single(attribute => attribute.Name == "epsilon").F;
        float[] folded = new float[kernel.Length];
        float[] bias = new float[shape[0]];
        int each = folded.Length / bias.Length;
        for (int channel = 0; channel < bias.Length; channel++)
        {
            double scale = weight[channel] / Math.Sqrt(variance[channel] + epsilon);
            double own = convolution.Input.Count == 2 ? 0 : OnnxTensor.Floats(constants[convolution.Input[2]])[channel];
            bias[channel] = (float)(shift[channel] + ((own - mean[channel]) * scale));
            for (int i = channel * each; i < (channel + 1) * each; i++)
            {
                folded[i] = (float)(kernel[i] * scale);
            }
        }

        string name = convolution.Input[1];
        graph.Initializer.Add(OnnxTensor.Of($"{name}.folded", folded, shape));
        graph.Initializer.Add(OnnxTensor.Of($"{name}.bias", bias, [bias.Length]));
        string data = convolution.Input[0];
        convolution.Input.Clear();
        convolution.Input.AddRange([data, $"{name}.folded", $"{name}.bias"]);
        convolution.Output[0] = normalisation.Output[0];
        graph.Node.Remove(normalisation);
    }
}
