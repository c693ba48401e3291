using Counterpoise.Interop.Onnx.Messages;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Interop.Onnx;

/// <summary>
/// Operators of other writers and older versions in the form that <see cref="OnnxGraph"/> writes: attributes that say no
/// more than their default go, those that are missing come, and margins are numbers. What remains different is left for
/// <see cref="OnnxOperators"/> to refuse.
/// </summary>
internal static class PlainOperators
{
    /// <summary>From this version on, operators that are known mean what they mean today in the forms that are known.</summary>
    internal const long Least = 7;

    /// <summary>From this version on, a softmax is along one axis.</summary>
    private const long SoftmaxIsAlongAxis = 13;

    /// <summary>Rewrites one operator in place.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="inputs">The types of its inputs.</param>
    /// <param name="opset">The version that it was written in.</param>
    /// <exception cref="FormatException">It meant something else in that version.</exception>
    internal static void Rewrite(NodeProto node, IReadOnlyList<OnnxType> inputs, long opset)
    {
        switch (node.OpType)
        {
            case "Conv" when inputs is [{ Rank: 4 } map, { Rank: 4 } kernel, ..]:
                Complete(node, OnnxAttribute.Of("kernel_shape", kernel.Shape.AsSpan(2)));
                Window(node, map.Shape);
                break;
            case "MaxPool" or "AveragePool" when inputs is [{ Rank: 4 } map]:
                Omit(node, "ceil_mode", 0);
                Omit(node, "storage_order", 0);
                Window(node, map.Shape);
                if (node.OpType == "AveragePool" && Wholes(node, "pads") is { } pads && Array.TrueForAll(pads, IsZero))
                {
                    Remove(node, "pads");
                    Remove(node, "count_include_pad"); // Without margins they count neither way.
                }

                break;
            case "BatchNormalization":
                Complete(node, OnnxAttribute.Of("epsilon", 1e-5f));
                Omit(node, "spatial", 1);
                Omit(node, "training_mode", 0);
                Remove(node, "momentum"); // Of training alone.
                break;
            case "Gemm":
                Omit(node, "transA", 0);
                Omit(node, "alpha", 1f);
                Omit(node, "beta", 1f);
                break;
            case "Flatten":
                Complete(node, OnnxAttribute.Of("axis", 1L));
                break;
            case "Reshape":
                Omit(node, "allowzero", 0);
                break;
            case "LeakyRelu":
                Complete(node, OnnxAttribute.Of("alpha", 0.01f));
                break;
            case "Softmax":
                Require(
                    inputs is [{ Rank: var rank }] && (opset >= SoftmaxIsAlongAxis || rank == 2),
                    $"operator '{node.Name}' (Softmax) was along several axes in version {opset}"
                );
                Complete(node, OnnxAttribute.Of("axis", (long)inputs[0].Rank - 1));
                break;
        }
    }

    /// <summary>Strides and margins of a window as numbers.</summary>
    private static void Window(NodeProto node, long[] map)
    {
        Complete(node, OnnxAttribute.Of("strides", 1, 1));
        if (Wholes(node, "dilations") is { } dilations && Array.TrueForAll(dilations, dilation => dilation == 1))
        {
            Remove(node, "dilations");
        }

        string rule = Find(node, "auto_pad")?.S.ToStringUtf8() ?? "NOTSET";
        if (rule is "SAME_UPPER" or "SAME_LOWER")
        {
            if (
                Wholes(node, "kernel_shape") is not [var high, var wide]
                || Wholes(node, "strides") is not [> 0 and var down, > 0 and var across]
            )
            {
                return;
            }

            bool atEnd = rule == "SAME_UPPER";
            (long top, long bottom) = Margins(map[2], high, down, atEnd);
            (long left, long right) = Margins(map[3], wide, across, atEnd);
            Remove(node, "pads");
            Remove(node, "auto_pad");
            Complete(node, OnnxAttribute.Of("pads", top, left, bottom, right));
        }
        else if (rule is "NOTSET" or "VALID")
        {
            Remove(node, "auto_pad");
            Complete(node, OnnxAttribute.Of("pads", 0, 0, 0, 0));
        }
    }

    /// <summary>The margins with which as many windows fit as the size over the stride, rounded up.</summary>
    private static (long Start, long End) Margins(long size, long kernel, long stride, bool atEnd)
    {
        long windows = (size + stride - 1) / stride;
        long margins = Math.Max(0, ((windows - 1) * stride) + kernel - size);
        long less = margins / 2;
        return atEnd ? (less, margins - less) : (margins - less, less);
    }

    private static bool IsZero(long number) => number == 0;

    private static AttributeProto? Find(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static long[]? Wholes(NodeProto node, string name) =>
        Find(node, name) is { } attribute ? [.. attribute.Ints] : null;

    private static void Remove(NodeProto node, string name)
    {
        if (Find(node, name) is { } attribute)
        {
            node.Attribute.Remove(attribute);
        }
    }

    private static void Omit(NodeProto node, string name, long usual)
    {
        if (Find(node, name) is { HasI: true } attribute && attribute.I == usual)
        {
            node.Attribute.Remove(attribute);
        }
    }

    private static void Omit(NodeProto node, string name, float usual)
    {
        if (Find(node, name) is { HasF: true } attribute && attribute.F == usual)
        {
            node.Attribute.Remove(attribute);
        }
    }

    private static void Complete(NodeProto node, AttributeProto attribute)
    {
        if (Find(node, attribute.Name) is null)
        {
            node.Attribute.Add(attribute);
        }
    }
}
