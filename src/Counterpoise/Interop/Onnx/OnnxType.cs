using Counterpoise.Interop.Onnx.Messages;

namespace Counterpoise.Interop.Onnx;

/// <summary>What a value of a graph is.</summary>
/// <param name="Element">The type of its elements.</param>
/// <param name="Shape">Its sizes. The free number of images is <see cref="Free"/>; only the first size can be that.</param>
internal sealed record OnnxType(TensorProto.Types.DataType Element, long[] Shape)
{
    /// <summary>The size that is not fixed: the number of images.</summary>
    internal const long Free = -1;

    internal int Rank => Shape.Length;

    internal bool IsFloat => Element == TensorProto.Types.DataType.Float;

    /// <summary>Whether it has a row for each image.</summary>
    internal bool IsFree => Rank > 0 && Shape[0] == Free;

    /// <summary>The elements of one image, or all of a constant.</summary>
    internal Int128 Elements => Shape.Aggregate((Int128)1, (product, size) => product * (size == Free ? 1 : size));

    internal static OnnxType Float(params long[] shape) => new(TensorProto.Types.DataType.Float, shape);

    public override string ToString() =>
        $"{Element.ToString().ToLowerInvariant()}[{string.Join(", ", Shape.Select(size => size == Free ? OnnxGraph.Batch : $"{size}"))}]";
}
