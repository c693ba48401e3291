using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Interop.Onnx;

/// <summary>A layer that can be written as ONNX operators.</summary>
internal interface IOnnxLayer
{
    /// <summary>Adds to a graph what the layer computes in evaluation mode, in float32.</summary>
    /// <param name="graph">Gets operators and constants.</param>
    /// <param name="map">The layer's input, [N, C, H, W].</param>
    /// <returns>The layer's output.</returns>
    OnnxValue Export(OnnxGraph graph, OnnxValue map);
}

/// <summary>Layers of any kind, of which some cannot be exported.</summary>
internal static class OnnxLayers
{
    /// <exception cref="UsageException">The layer cannot be written as ONNX operators.</exception>
    internal static OnnxValue Export(this nn.Module<Tensor, Tensor> layer, OnnxGraph graph, OnnxValue map) =>
        layer is IOnnxLayer known ? known.Export(graph, map) : throw Inexpressible(layer);

    /// <summary>The error for a layer that has no form in ONNX.</summary>
    internal static UsageException Inexpressible(nn.Module layer) =>
        new(
            $"the layer '{layer.GetName()}' ({layer.GetType().Name}) cannot be written as ONNX operators; "
                + "write a safetensors file instead, or a network and head of Counterpoise's own."
        );
}
