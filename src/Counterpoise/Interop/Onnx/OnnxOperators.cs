using System.Collections.Frozen;
using Counterpoise.Interop.Onnx.Messages;

namespace Counterpoise.Interop.Onnx;

/// <summary>
/// The operators that classifiers of this library are made of, each with what it makes of its inputs' types: what has no
/// rule here, or does not keep it, is refused before a native library sees it. The rules follow the specification of the
/// operators (https://onnx.ai/onnx/operators) as far as <see cref="OnnxGraph"/> uses them.
/// </summary>
internal static class OnnxOperators
{
    /// <summary>From this version on, reductions take their axes as an input.</summary>
    internal const int AxesAreInputsFrom = 18;

    /// <summary>The largest size of a kernel, a step or a margin.</summary>
    internal const long Most = 1 << 16;

    /// <summary>The most elements that one image may have in a value.</summary>
    private const long MostElements = 1 << 28;

    private static readonly FrozenDictionary<string, Func<OnnxOperands, long[]>> Rules = new Dictionary<
        string,
        Func<OnnxOperands, long[]>
    >(StringComparer.Ordinal)
    {
        ["Cast"] = Cast,
        ["Conv"] = Convolution,
        ["BatchNormalization"] = Normalisation,
        ["MaxPool"] = node => Pool(node, Padding(node)),
        ["AveragePool"] = node => Pool(node, new long[4]),
        ["GlobalAveragePool"] = GlobalPool,
        ["Relu"] = Same,
        ["Tanh"] = Same,
        ["Sqrt"] = Same,
        ["LeakyRelu"] = LeakyRelu,
        ["Add"] = Broadcast,
        ["Sub"] = Broadcast,
        ["Mul"] = Broadcast,
        ["Div"] = Broadcast,
        ["Max"] = Broadcast,
        ["Softmax"] = Softmax,
        ["Concat"] = Concatenation,
        ["Flatten"] = Flatten,
        ["Transpose"] = Transpose,
        ["Reshape"] = Reshape,
        ["Gemm"] = Linear,
        ["MatMul"] = Product,
        ["ReduceSum"] = node => Reduced(node, node.Constant(1, 1)[0]),
        ["ReduceMin"] = node =>
            Reduced(node, node.Opset < AxesAreInputsFrom ? node.Wholes("axes", 1, 0)[0] : node.Constant(1, 1)[0]),
        ["Slice"] = Slice,
        ["Pad"] = Pad,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The type of what an operator gives, always of float32.</summary>
    /// <param name="operation">The operator's name.</param>
    /// <param name="node">What it is given.</param>
    /// <exception cref="FormatException">The operator is not known, or its inputs and attributes do not fit it.</exception>
    internal static OnnxType Apply(string operation, OnnxOperands node)
    {
        if (!Rules.TryGetValue(operation, out Func<OnnxOperands, long[]>? rule))
        {
            throw new FormatException($"operator '{operation}' is not one that classifiers are made of");
        }

        var type = OnnxType.Float(rule(node));
        node.RequireNoMoreAttributes();
        node.Require(
            type.Shape.All(size => size is OnnxType.Free or > 0) && type.Elements <= MostElements,
            $"would give {type}, expected 1 to {MostElements} elements an image"
        );
        return type;
    }

    private static long[] Cast(OnnxOperands node)
    {
        node.RequireInputs(1, 1, floats: 0);
        node.Require(node[0].Element == TensorProto.Types.DataType.Uint8, $"has {node[0]} as input, expected uint8");
        node.Require(node.Whole("to") == (long)TensorProto.Types.DataType.Float, "gives another type than float32");
        return node.FreeInput(0).Shape;
    }

    private static long[] Convolution(OnnxOperands node)
    {
        node.RequireInputs(2, 3);
        long[] map = node.FreeInput(0, rank: 4).Shape;
        long[] weight = node[1].Shape;
        node.RequireConstant(1, weight);
        node.Require(weight.Length == 4, $"has a kernel {node[1]}, expected 4 sizes");
        long groups = node.Whole("group", 1);
        node.Require(
            groups >= 1 && groups <= weight[0] && weight[0] % groups == 0 && map[1] == (Int128)weight[1] * groups,
            $"has {groups} groups and a kernel {node[1]}, which do not fit {node[0]}"
        );
        node.Require(
            node.Wholes("kernel_shape", 2, 1).AsSpan().SequenceEqual(weight.AsSpan(2)),
            "has a kernel_shape that is not that of its kernel"
        );
        if (node.Count == 3)
        {
            node.RequireConstant(2, weight[0]);
        }

        return Window(node, map, weight[0], weight[2..], Padding(node));
    }

    private static long[] Normalisation(OnnxOperands node)
    {
        node.RequireInputs(5, 5);
        long[] map = node.FreeInput(0, rank: 4).Shape;
        for (int input = 1; input < node.Count; input++)
        {
            node.RequireConstant(input, map[1]);
        }

        node.Require(node.Number("epsilon") > 0, "has an epsilon that is not positive");
        return map;
    }

    private static long[] Pool(OnnxOperands node, long[] padding)
    {
        node.RequireInputs(1, 1);
        long[] map = node.FreeInput(0, rank: 4).Shape;
        long[] kernel = node.Wholes("kernel_shape", 2, 1);
        node.Require(
            padding[0] < kernel[0] && padding[1] < kernel[1] && padding[2] < kernel[0] && padding[3] < kernel[1],
            "has margins as wide as its kernel"
        );
        return Window(node, map, map[1], kernel, padding);
    }

    private static long[] Padding(OnnxOperands node) => node.Wholes("pads", 4, 0);

    /// <summary>What a window that moves over a map gives: one number for each channel and place.</summary>
    private static long[] Window(OnnxOperands node, long[] map, long channels, long[] kernel, long[] padding)
    {
        long[] strides = node.Wholes("strides", 2, 1);
        long height = map[2] + padding[0] + padding[2] - kernel[0];
        long width = map[3] + padding[1] + padding[3] - kernel[1];
        node.Require(height >= 0 && width >= 0, $"has a kernel that is larger than its input {node[0]}");
        return [map[0], channels, (height / strides[0]) + 1, (width / strides[1]) + 1];
    }

    private static long[] GlobalPool(OnnxOperands node)
    {
        node.RequireInputs(1, 1);
        long[] map = node.FreeInput(0, rank: 4).Shape;
        return [map[0], map[1], 1, 1];
    }

    private static long[] Same(OnnxOperands node)
    {
        node.RequireInputs(1, 1);
        return node[0].Shape;
    }

    private static long[] LeakyRelu(OnnxOperands node)
    {
        node.Number("alpha");
        return Same(node);
    }

    private static long[] Broadcast(OnnxOperands node)
    {
        node.RequireInputs(2, 2);
        long[] left = node[0].Shape;
        long[] right = node[1].Shape;
        int rank = Math.Max(left.Length, right.Length);
        long[] shape = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long one = axis < rank - left.Length ? 1 : left[axis - (rank - left.Length)];
            long other = axis < rank - right.Length ? 1 : right[axis - (rank - right.Length)];
            node.Require(one == other || one == 1 || other == 1, $"has {node[0]} and {node[1]}, which do not fit");
            shape[axis] = one == 1 ? other : one;
        }

        node.Require(!shape.Skip(1).Contains(OnnxType.Free), $"has {node[0]} and {node[1]}, which do not fit");
        return shape;
    }

    private static long[] Softmax(OnnxOperands node)
    {
        node.RequireInputs(1, 1);
        OnnxType input = node.FreeInput(0);
        _ = Axis(node, node.Whole("axis"), input.Rank);
        return input.Shape;
    }

    private static long[] Concatenation(OnnxOperands node)
    {
        node.RequireInputs(1, int.MaxValue);
        node.Require(node.Whole("axis") == 1, "joins along another axis than 1");
        long[] first = node.FreeInput(0).Shape;
        long joined = 0;
        for (int input = 0; input < node.Count; input++)
        {
            long[] shape = node.FreeInput(input, first.Length).Shape;
            node.Require(
                shape.Length > 1 && shape.AsSpan(2).SequenceEqual(first.AsSpan(2)),
                $"has {node[0]} and {node[input]}, which do not fit"
            );
            joined += shape[1];
        }

        return [first[0], joined, .. first[2..]];
    }

    private static long[] Flatten(OnnxOperands node)
    {
        node.RequireInputs(1, 1);
        node.Require(node.Whole("axis") == 1, "flattens from another axis than 1");
        return [OnnxType.Free, (long)node.FreeInput(0).Elements];
    }

    private static long[] Transpose(OnnxOperands node)
    {
        node.RequireInputs(1, 1);
        OnnxType input = node.FreeInput(0);
        long[] order = node.Wholes("perm", input.Rank, 0);
        node.Require(
            order[0] == 0 && order.Order().SequenceEqual(Enumerable.Range(0, input.Rank).Select(axis => (long)axis)),
            "has a perm that is no order of its axes with the images first"
        );
        return [.. order.Select(axis => input.Shape[axis])];
    }

    private static long[] Reshape(OnnxOperands node)
    {
        node.RequireInputs(2, 2, floats: 1);
        OnnxType input = node.FreeInput(0);
        long[] wanted = node.Constant(1);
        node.Require(wanted.Length > 0 && wanted[0] == 0, "does not keep the images apart");
        long[] shape = new long[wanted.Length];
        shape[0] = OnnxType.Free;
        int open = 0;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            node.Require(
                wanted[axis] > 0 || wanted[axis] == -1 || (wanted[axis] == 0 && axis < input.Rank),
                $"has a size {wanted[axis]}"
            );
            shape[axis] =
                wanted[axis] > 0 ? wanted[axis]
                : wanted[axis] == 0 ? input.Shape[axis]
                : 1;
            open = wanted[axis] == -1 ? (open == 0 ? axis : -1) : open;
        }

        node.Require(open >= 0, "has two sizes of -1");
        Int128 known = OnnxType.Float(shape).Elements;
        if (open > 0)
        {
            node.Require(input.Elements % known == 0, $"does not fit {input}");
            shape[open] = (long)(input.Elements / known);
        }
        else
        {
            node.Require(input.Elements == known, $"does not fit {input}");
        }

        return shape;
    }

    private static long[] Linear(OnnxOperands node)
    {
        node.RequireInputs(2, 3);
        long[] rows = node.FreeInput(0, rank: 2).Shape;
        node.Require(node.Whole("transB") == 1, "has a weight that is not [outputs, inputs]");
        node.Require(node[1].Rank == 2, $"has a weight {node[1]}, expected 2 sizes");
        long outputs = node[1].Shape[0];
        node.RequireConstant(1, outputs, rows[1]);
        if (node.Count == 3)
        {
            node.RequireConstant(2, outputs);
        }

        return [rows[0], outputs];
    }

    private static long[] Product(OnnxOperands node)
    {
        node.RequireInputs(2, 2);
        long[] left = node.FreeInput(0).Shape;
        long[] right = node[1].Shape;
        bool fits =
            (right.Length == 2 && right[0] != OnnxType.Free && left.Length is 2 or 3)
            || (right.Length == 3 && left.Length == 3 && right[0] == OnnxType.Free);
        node.Require(fits && left[^1] == right[^2], $"has {node[0]} and {node[1]}, which do not fit");
        return [.. left[..^1], right[^1]];
    }

    private static long[] Reduced(OnnxOperands node, long axis)
    {
        node.RequireInputs(1, 2, floats: 1);
        long[] shape = [.. node.FreeInput(0).Shape];
        shape[Axis(node, axis, shape.Length)] = 1;
        return shape;
    }

    private static long[] Slice(OnnxOperands node)
    {
        node.RequireInputs(5, 5, floats: 1);
        long[] shape = [.. node.FreeInput(0).Shape];
        long[] axes = node.Constant(3);
        long[] starts = node.Constant(1, axes.Length);
        long[] ends = node.Constant(2, axes.Length);
        long[] steps = node.Constant(4, axes.Length);
        node.Require(axes.Distinct().Count() == axes.Length, "slices an axis twice");
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = Axis(node, axes[i], shape.Length);
            long end = Math.Min(ends[i], shape[axis]);
            node.Require(
                starts[i] >= 0 && starts[i] < end && steps[i] is >= 1 and <= Most,
                $"takes {starts[i]} to {ends[i]} by {steps[i]} of axis {axis}"
            );
            shape[axis] = ((end - starts[i] - 1) / steps[i]) + 1;
        }

        return shape;
    }

    private static long[] Pad(OnnxOperands node)
    {
        node.RequireInputs(2, 2, floats: 1);
        long[] shape = [.. node.FreeInput(0).Shape];
        long[] margins = node.Constant(1, 2 * shape.Length);
        node.Require(
            margins.All(margin => margin is >= 0 and <= Most) && margins[0] == 0 && margins[shape.Length] == 0,
            "has margins that are negative, too wide or images more"
        );
        for (int axis = 1; axis < shape.Length; axis++)
        {
            shape[axis] += margins[axis] + margins[axis + shape.Length];
        }

        return shape;
    }

    /// <summary>An axis of one image.</summary>
    private static int Axis(OnnxOperands node, long axis, int rank)
    {
        node.Require(axis >= 1 && axis < rank, $"has an axis {axis}, expected 1 to {rank - 1}");
        return (int)axis;
    }
}
