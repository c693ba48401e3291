using Counterpoise.Interop.Onnx.Messages;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Interop.Onnx;

/// <summary>Checks a model as a whole: every value has a known type, every constant the bytes of its shape.</summary>
internal static class OnnxCheck
{
    private const int LeastFormat = 4;
    private const int LastFormat = 13;

    /// <summary>Types every value of a model.</summary>
    /// <param name="model">The model; it may come from a file that is damaged or was made to do damage.</param>
    /// <param name="rewrite">Changes an operator, given the types of its inputs, before it is looked at; null for nothing.</param>
    /// <returns>The type of the input and of the output.</returns>
    /// <exception cref="FormatException">Something is wrong; the message says what.</exception>
    internal static (OnnxType Input, OnnxType Output) Types(
        ModelProto model,
        Action<NodeProto, IReadOnlyList<OnnxType>>? rewrite = null
    )
    {
        Require(
            model.IrVersion is >= LeastFormat and <= LastFormat,
            $"its format has version {model.IrVersion}, expected {LeastFormat} to {LastFormat}"
        );
        int opset = Opset(model);
        Require(model.Functions.Count == 0, "it has operators made of operators");
        Require(model.Graph is not null, "it has no graph");
        GraphProto graph = model.Graph!;
        Require(graph.SparseInitializer.Count == 0, "it has sparse constants");
        Require(
            graph.Input.Count == 1 && graph.Output.Count == 1,
            $"it has {graph.Input.Count} inputs and {graph.Output.Count} outputs, expected one of each"
        );
        Dictionary<string, TensorProto> constants = Constants(graph);
        var types = constants.ToDictionary(
            pair => pair.Key,
            pair => new OnnxType(pair.Value.DataType, [.. pair.Value.Dims]),
            StringComparer.Ordinal
        );
        OnnxType input = Declared(graph.Input[0]);
        Add(types, graph.Input[0].Name, input);
        foreach (NodeProto node in graph.Node)
        {
            Require(node.Domain is "" or "ai.onnx", $"operator '{node.Name}' is of another set, '{node.Domain}'");
            Require(node.Output.Count == 1, $"operator '{node.Name}' gives {node.Output.Count} values, expected 1");
            OnnxType[] given = Given(node, types);
            rewrite?.Invoke(node, given);
            TensorProto?[] fixedInputs = [.. node.Input.Select(name => constants.GetValueOrDefault(name))];
            Add(types, node.Output[0], OnnxOperators.Apply(node.OpType, new(node, given, fixedInputs, opset)));
        }

        string last = graph.Output[0].Name;
        Require(
            types.TryGetValue(last, out OnnxType? output)
                && !constants.ContainsKey(last)
                && last != graph.Input[0].Name,
            $"nothing gives its output '{last}'"
        );
        OnnxType declared = Declared(graph.Output[0]);
        Require(
            output!.Shape.SequenceEqual(declared.Shape) && output.Element == declared.Element,
            $"its output is declared as {declared}, but is {output}"
        );
        return (input, output);
    }

    /// <summary>The types that a model's only input and output are declared to have; nothing else is looked at.</summary>
    /// <exception cref="FormatException">It has others, or they are not declared.</exception>
    internal static (OnnxType Input, OnnxType Output) Declared(ModelProto model)
    {
        Require(
            model.Graph is { Input.Count: 1, Output.Count: 1 }
                && model.OpsetImport.Any(set => set.Domain is "" or "ai.onnx"),
            "it has not one input and one output, or no version of ONNX's operators"
        );
        return (Declared(model.Graph.Input[0]), Declared(model.Graph.Output[0]));
    }

    private static int Opset(ModelProto model)
    {
        OperatorSetIdProto? set = model.OpsetImport is [{ Domain: "" or "ai.onnx" } only] ? only : null;
        Require(set is not null, "it does not use the one set of operators 'ai.onnx'");
        Require(
            set!.Version is >= OnnxOptions.LeastOpset and <= OnnxOptions.LastOpset,
            $"its operators have version {set.Version}, expected {OnnxOptions.LeastOpset} to {OnnxOptions.LastOpset}"
        );
        return (int)set.Version;
    }

    private static Dictionary<string, TensorProto> Constants(GraphProto graph)
    {
        var constants = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (TensorProto constant in graph.Initializer)
        {
            long size = constant.DataType switch
            {
                TensorProto.Types.DataType.Float => sizeof(float),
                TensorProto.Types.DataType.Int64 => sizeof(long),
                _ => throw new FormatException(
                    $"constant '{constant.Name}' has elements of type {constant.DataType}, expected float32 or int64"
                ),
            };
            Int128 bytes = size;
            foreach (long length in constant.Dims)
            {
                Require(length > 0, $"constant '{constant.Name}' has a size {length}, expected 1 or more");
                bytes *= length;
                Require(bytes <= int.MaxValue, $"constant '{constant.Name}' has a shape of more than 2 GB");
            }

            Require(
                constant.FloatData.IsEmpty && constant.ExternalData.Count == 0 && constant.DataLocation == 0,
                $"constant '{constant.Name}' has its bytes elsewhere"
            );
            Require(
                constant.RawData.Length == bytes,
                $"constant '{constant.Name}' has {constant.RawData.Length} bytes, but its shape takes {bytes}"
            );
            Require(
                constant.Name.Length > 0 && constants.TryAdd(constant.Name, constant),
                $"two constants are named '{constant.Name}'"
            );
        }

        return constants;
    }

    private static OnnxType[] Given(NodeProto node, Dictionary<string, OnnxType> types) =>
        [
            .. node.Input.Select(name =>
                types.TryGetValue(name, out OnnxType? type)
                    ? type
                    : throw new FormatException($"operator '{node.Name}' takes '{name}', which nothing before it gives")
            ),
        ];

    /// <summary>The type that an input or output is declared to have: a row for each image.</summary>
    private static OnnxType Declared(ValueInfoProto value)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        Require(
            tensor?.Shape is { Dim.Count: > 0 } && tensor.Shape.Dim[0].HasDimParam,
            $"'{value.Name}' has no free number of images"
        );
        long[] sizes = [.. tensor!.Shape.Dim.Skip(1).Select(size => size.HasDimValue ? size.DimValue : 0)];
        Require(
            Array.TrueForAll(sizes, size => size is > 0 and <= int.MaxValue),
            $"'{value.Name}' has a size that is not a positive number"
        );
        return new OnnxType(tensor.ElemType, [OnnxType.Free, .. sizes]);
    }

    private static void Add(Dictionary<string, OnnxType> types, string name, OnnxType type) =>
        Require(name.Length > 0 && types.TryAdd(name, type), $"two values are named '{name}'");
}
