using Counterpoise.Interop.Onnx.Messages;
using static Counterpoise.Interop.Onnx.Messages.AttributeProto.Types;

namespace Counterpoise.Interop.Onnx;

/// <summary>What an operator of a graph that is checked is given: inputs and attributes.</summary>
internal sealed class OnnxOperands
{
    private readonly NodeProto node;
    private readonly OnnxType[] inputs;
    private readonly TensorProto?[] constants;
    private readonly Dictionary<string, AttributeProto> attributes = new(StringComparer.Ordinal);

    /// <param name="node">The operator.</param>
    /// <param name="inputs">The types of its inputs.</param>
    /// <param name="constants">Those of its inputs that are constants; null for others.</param>
    /// <param name="opset">The version of the operators.</param>
    internal OnnxOperands(NodeProto node, OnnxType[] inputs, TensorProto?[] constants, int opset)
    {
        this.node = node;
        this.inputs = inputs;
        this.constants = constants;
        Opset = opset;
        foreach (AttributeProto attribute in node.Attribute)
        {
            Require(attributes.TryAdd(attribute.Name, attribute), $"has two attributes '{attribute.Name}'");
            Require(
                attribute.T is null && attribute.G is null && attribute.Tensors.Count + attribute.Graphs.Count == 0,
                $"has operators or constants in its attribute '{attribute.Name}'"
            );
        }
    }

    internal int Opset { get; }

    internal int Count => inputs.Length;

    internal OnnxType this[int input] => inputs[input];

    /// <summary>Takes the only value of an attribute.</summary>
    internal long Whole(string name, long? otherwise = null)
    {
        if (!attributes.Remove(name, out AttributeProto? attribute))
        {
            return otherwise ?? throw Fault($"lacks the attribute '{name}'");
        }

        Require(attribute.Type == AttributeType.Int && attribute.HasI, $"has no whole number in '{name}'");
        return attribute.I;
    }

    /// <summary>Takes an attribute that is a finite number.</summary>
    internal float Number(string name)
    {
        Require(attributes.Remove(name, out AttributeProto? attribute), $"lacks the attribute '{name}'");
        Require(
            attribute!.Type == AttributeType.Float && attribute.HasF && float.IsFinite(attribute.F),
            $"has no number in '{name}'"
        );
        return attribute.F;
    }

    /// <summary>Takes an attribute that is a list of whole numbers.</summary>
    internal long[] Wholes(string name, int count, long least, long[]? otherwise = null)
    {
        if (!attributes.Remove(name, out AttributeProto? attribute))
        {
            return otherwise ?? throw Fault($"lacks the attribute '{name}'");
        }

        Require(
            attribute.Type == AttributeType.Ints
                && attribute.Ints.Count == count
                && attribute.Ints.All(value => value >= least && value <= OnnxOperators.Most),
            $"has another attribute '{name}' than {count} whole numbers from {least} to {OnnxOperators.Most}"
        );
        return [.. attribute.Ints];
    }

    /// <summary>An input that is a constant list of whole numbers.</summary>
    internal long[] Constant(int input, int? count = null)
    {
        TensorProto? constant = input < Count ? constants[input] : null;
        Require(
            constant is { DataType: TensorProto.Types.DataType.Int64 }
                && inputs[input].Rank == 1
                && (count is null || inputs[input].Shape[0] == count),
            $"has no constant list of whole numbers as input {input}"
        );
        return [.. OnnxTensor.Longs(constant!)];
    }

    /// <summary>Refuses other numbers of inputs, and inputs that are no numbers of float32.</summary>
    /// <param name="least">The fewest.</param>
    /// <param name="most">The most.</param>
    /// <param name="floats">How many of the first must be of float32; all for null.</param>
    internal void RequireInputs(int least, int most, int? floats = null)
    {
        string wanted = least == most ? $"{least}" : $"{least} to {most}";
        Require(Count >= least && Count <= most, $"has {Count} inputs, expected {wanted}");
        Require(inputs.Take(floats ?? Count).All(input => input.IsFloat), "has an input that is not of float32");
    }

    /// <summary>Refuses an input of another number of sizes, or without a row for each image.</summary>
    internal OnnxType FreeInput(int input, int? rank = null)
    {
        OnnxType type = inputs[input];
        Require(
            type.IsFree && (rank is null || type.Rank == rank),
            $"has {type} as input {input}, expected {(rank is null ? "" : $"{rank} sizes, ")}the first of them '{OnnxGraph.Batch}'"
        );
        return type;
    }

    /// <summary>Refuses an input that is no constant of a shape.</summary>
    internal void RequireConstant(int input, params long[] shape) =>
        Require(
            constants[input] is not null && inputs[input].Shape.SequenceEqual(shape),
            $"has {inputs[input]} as input {input}, expected a constant of [{string.Join(", ", shape)}]"
        );

    /// <summary>Refuses attributes that were not taken: they mean something that is not checked.</summary>
    internal void RequireNoMoreAttributes() =>
        Require(attributes.Count == 0, $"has an attribute '{attributes.Keys.FirstOrDefault()}', which is not expected");

    /// <exception cref="FormatException">The condition does not hold.</exception>
    internal void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Fault(otherwise);
        }
    }

    private FormatException Fault(string what) => new($"operator '{node.Name}' ({node.OpType}) {what}");
}
