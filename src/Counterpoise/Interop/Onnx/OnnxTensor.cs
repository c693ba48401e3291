using System.Runtime.InteropServices;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Counterpoise.Interop.Onnx;

/// <summary>Constants of a graph as messages, and back. The bytes are little-endian, as the format wants them.</summary>
internal static class OnnxTensor
{
    internal static TensorProto Of(string name, float[] values, ReadOnlySpan<long> shape) =>
        Of(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values.AsSpan()), shape);

    internal static TensorProto Of(string name, ReadOnlySpan<long> values) =>
        Of(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>The elements of a tensor of float32.</summary>
    internal static ReadOnlySpan<float> Floats(TensorProto tensor) =>
        MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);

    /// <summary>The elements of a tensor of int64.</summary>
    internal static ReadOnlySpan<long> Longs(TensorProto tensor) => MemoryMarshal.Cast<byte, long>(tensor.RawData.Span);

    private static TensorProto Of(
        string name,
        TensorProto.Types.DataType type,
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<long> shape
    )
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = type,
            RawData = UnsafeByteOperations.UnsafeWrap(bytes.ToArray()),
        };
        foreach (long size in shape)
        {
            tensor.Dims.Add(size);
        }

        return tensor;
    }
}
