using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;
using static Counterpoise.Basics.FormatRequirement;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Interop.Onnx;

/// <summary>
/// A network that others wrote, made to take <c>pixels</c>, uint8 [batch, 3, size, size], and to give <c>features</c>,
/// float32 [batch, D]: its preparation is put before it, the number of images is freed, and where the layers allow it the size.
/// </summary>
internal sealed class ExtractorGraph
{
    internal const string Input = "pixels";
    internal const string Output = "features";
    private const string Prefix = "frozen.";
    private const int Format = 8;

    private ExtractorGraph(ModelProto message, long opset)
    {
        Message = message;
        Opset = opset;
    }

    /// <summary>The whole model.</summary>
    internal ModelProto Message { get; }

    /// <summary>The version of ONNX's operators that it is written in.</summary>
    internal long Opset { get; }

    /// <summary>The height and width of the images that a network's file declares; null where they are free.</summary>
    /// <exception cref="FormatException">It is no network that takes images and gives one value.</exception>
    internal static int? DeclaredSize(byte[] content)
    {
        TensorShapeProto shape = ImageInput(Parsed(content).Graph).Type.TensorType.Shape;
        return shape.Dim[2].HasDimValue && shape.Dim[2].DimValue > 0 ? (int)shape.Dim[2].DimValue : null;
    }

    /// <summary>What a network's file says of itself: texts by key.</summary>
    /// <exception cref="FormatException">It is no ONNX model, or has a key twice.</exception>
    internal static IReadOnlyDictionary<string, string> Metadata(byte[] content)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in Parsed(content).MetadataProps)
        {
            Require(metadata.TryAdd(entry.Key, entry.Value), "its metadata has a key twice");
        }

        return metadata;
    }

    /// <summary>Makes it of a file's content.</summary>
    /// <exception cref="FormatException">
    /// It is no network that takes images and gives such a value, takes images in another size, has parameters in other
    /// files, or cannot be checked and is not trusted.
    /// </exception>
    internal static ExtractorGraph Of(FrozenNetwork frozen)
    {
        (FeaturePreparation preparation, string output) = (frozen.Preparation, frozen.Output);
        ModelProto message = Parsed(frozen.Content);
        GraphProto graph = message.Graph;
        ForeignParts.RequireWhole(message);
        string? part = frozen.IsTrusted ? null : ForeignParts.Unchecked(message);
        Require(
            part is null,
            $"{part}, which cannot be checked; give {Named("data.features_trusted")} if you trust where it comes from"
        );
        ValueInfoProto images = ImageInput(graph);
        string vectors = Renamed(Vectors(graph, output));
        Rename(graph);
        if (output.Length > 0)
        {
            Cut(graph, vectors);
        }

        TensorShapeProto shape = images.Type.TensorType.Shape;
        bool isOtherSize = shape.Dim.Skip(2).Any(side => side.HasDimValue && side.DimValue != preparation.Size);
        if (isOtherSize)
        {
            FreeSize(graph, shape);
        }

        graph.Input.Clear(); // Files of the first versions list constants, too.
        message.IrVersion = Math.Max(message.IrVersion, Format);
        graph.Input.Add(Declared(Input, TensorProto.Types.DataType.Uint8, 3, preparation.Size, preparation.Size));
        Prepare(graph, images.Name, preparation);
        graph.Node.Add(Node("Flatten", [vectors], Output, OnnxAttribute.Of("axis", 1L)));
        graph.Output.Clear();
        graph.Output.Add(
            new ValueInfoProto
            {
                Name = Output,
                Type = new TypeProto { TensorType = new() { ElemType = TensorProto.Types.DataType.Float } },
            }
        );
        return new ExtractorGraph(message, OpsetOf(message));
    }

    private static long OpsetOf(ModelProto message)
    {
        OperatorSetIdProto? set = message.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx");
        Require(set is not null, "it does not say which version of ONNX's operators it is written in");
        return set!.Version;
    }

    /// <summary>The name of the value that is the features.</summary>
    private static string Vectors(GraphProto graph, string output)
    {
        string given = string.Join(", ", graph.Output.Select(value => value.Name));
        if (output.Length > 0)
        {
            Require(
                graph.Node.Any(node => node.Output.Contains(output)),
                $"it has no value '{output}', which {Named("data.features_output")} names; it gives {given}"
            );
            return output;
        }

        Require(
            graph.Output.Count == 1,
            $"it gives {graph.Output.Count} values ({given}), expected one; name that of the features by {Named("data.features_output")}"
        );
        return graph.Output[0].Name;
    }

    /// <summary>Leaves what a value is made of.</summary>
    private static void Cut(GraphProto graph, string value)
    {
        HashSet<string> needed = [value];
        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            NodeProto node = graph.Node[i];
            if (!node.Output.Any(needed.Contains))
            {
                graph.Node.RemoveAt(i);
                continue;
            }

            needed.UnionWith(node.Input);
            needed.UnionWith(
                node.Attribute.SelectMany(ForeignParts.Graphs).SelectMany(own => own.Node).SelectMany(own => own.Input)
            );
        }

        foreach (TensorProto unused in graph.Initializer.Where(constant => !needed.Contains(constant.Name)).ToArray())
        {
            graph.Initializer.Remove(unused);
        }
    }

    /// <summary>Gives every value and operator a name that none of what is added has.</summary>
    private static void Rename(GraphProto whole)
    {
        foreach (GraphProto graph in ForeignParts.Graphs(whole))
        {
            Require(graph.SparseInitializer.Count == 0, "it has sparse constants");
            graph.ValueInfo.Clear(); // Sizes that may no longer hold.
            foreach (NodeProto node in graph.Node)
            {
                node.Name = Renamed(node.Name);
                Rename(node.Input);
                Rename(node.Output);
            }

            foreach (TensorProto constant in graph.Initializer)
            {
                constant.Name = Renamed(constant.Name);
            }

            foreach (ValueInfoProto value in graph.Input.Concat(graph.Output))
            {
                value.Name = Renamed(value.Name);
            }
        }

        static void Rename(IList<string> names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                names[i] = Renamed(names[i]);
            }
        }
    }

    /// <summary>An empty name is that of what is left out.</summary>
    private static string Renamed(string name) => name.Length == 0 ? name : $"{Prefix}{name}";

    private static ModelProto Parsed(byte[] content)
    {
        MessageCount.RequireFew(content, ModelProto.Descriptor);
        try
        {
            ModelProto message = ModelProto.Parser.ParseFrom(content);
            Require(message.Graph is { Node.Count: > 0 }, "it is no ONNX model: it has no operators");
            return message;
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new FormatException("it is no ONNX model, or damaged", failure);
        }
    }

    private static ValueInfoProto ImageInput(GraphProto graph)
    {
        HashSet<string> constants = [.. graph.Initializer.Select(constant => constant.Name)];
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !constants.Contains(input.Name))];
        Require(
            inputs.Length == 1,
            $"it takes {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}), expected one of images"
        );
        TypeProto.Types.Tensor? type = inputs[0].Type?.TensorType;
        Require(
            type?.Shape is { Dim.Count: 4 } shape && (!shape.Dim[1].HasDimValue || shape.Dim[1].DimValue == 3),
            $"its input '{inputs[0].Name}' is not of images, [batch, 3, height, width]"
        );
        Require(
            type!.ElemType == TensorProto.Types.DataType.Float,
            $"its input '{inputs[0].Name}' is of {type.ElemType}, expected float32"
        );
        return inputs[0];
    }

    /// <summary>
    /// Lets the images have another size: layers that slide over a map do not mind, and a pooling over the whole of the last
    /// map becomes one over whatever map there is.
    /// </summary>
    private static void FreeSize(GraphProto graph, TensorShapeProto shape)
    {
        string[] sliding =
        [
            "Conv",
            "BatchNormalization",
            "Relu",
            "LeakyRelu",
            "PRelu",
            "Clip",
            "Sigmoid",
            "HardSigmoid",
            "HardSwish",
            "Add",
            "Mul",
            "Concat",
            "MaxPool",
            "AveragePool",
            "GlobalAveragePool",
            "Dropout",
            "Identity",
            "Flatten",
            "Gemm",
        ];
        NodeProto? other = graph.Node.FirstOrDefault(node => !sliding.Contains(node.OpType));
        Require(
            other is null,
            $"it takes images of {string.Join("x", shape.Dim.Skip(2).Select(side => side.DimValue))} pixels alone: its operator '{other?.OpType}' may depend on their size"
        );
        foreach (NodeProto node in graph.Node)
        {
            FreeMargins(node);
        }

        NodeProto? last = graph.Node.LastOrDefault(node => node.OpType is "AveragePool" or "GlobalAveragePool");
        if (last is { OpType: "AveragePool" } && graph.Node.IndexOf(last) >= graph.Node.Count - 3)
        {
            last.OpType = "GlobalAveragePool";
            last.Attribute.Clear();
        }
    }

    /// <summary>
    /// Margins of one more on one side than on the other are those that halve an even size; told by their rule in place of
    /// numbers, they halve odd sizes, too.
    /// </summary>
    private static void FreeMargins(NodeProto node)
    {
        AttributeProto? pads = node.Attribute.FirstOrDefault(attribute => attribute.Name == "pads");
        if (
            pads?.Ints is not [var top, var left, var bottom, var right]
            || bottom - top != right - left
            || Math.Abs(bottom - top) != 1
        )
        {
            return;
        }

        node.Attribute.Remove(pads);
        if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "auto_pad") is { } rule)
        {
            node.Attribute.Remove(rule);
        }

        node.Attribute.Add(
            new AttributeProto
            {
                Name = "auto_pad",
                Type = AttributeProto.Types.AttributeType.String,
                S = ByteString.CopyFromUtf8(bottom > top ? "SAME_UPPER" : "SAME_LOWER"),
            }
        );
    }

    /// <summary>A convolution of single pixels turns bytes into what the network was trained on, and orders channels.</summary>
    private static void Prepare(GraphProto graph, string images, FeaturePreparation preparation)
    {
        float[] weight = new float[9];
        float[] bias = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            int from = preparation.BlueFirst ? 2 - channel : channel;
            weight[(3 * channel) + from] = 1 / (255 * preparation.Std[from]);
            bias[channel] = -preparation.Mean[from] / preparation.Std[from];
        }

        const string name = "counterpoise_preparation";
        graph.Initializer.Add(OnnxTensor.Of($"{name}_weight", weight, [3, 3, 1, 1]));
        graph.Initializer.Add(OnnxTensor.Of($"{name}_bias", bias, [3]));
        graph.Node.Insert(
            0,
            Node("Cast", [Input], $"{name}_float", OnnxAttribute.Of("to", (long)TensorProto.Types.DataType.Float))
        );
        graph.Node.Insert(
            1,
            Node(
                "Conv",
                [$"{name}_float", $"{name}_weight", $"{name}_bias"],
                images,
                OnnxAttribute.Of("kernel_shape", 1, 1)
            )
        );
    }

    private static NodeProto Node(
        string operation,
        ReadOnlySpan<string> inputs,
        string output,
        params ReadOnlySpan<AttributeProto> attributes
    )
    {
        var node = new NodeProto { OpType = operation, Name = $"counterpoise_{operation}_{output}" };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static ValueInfoProto Declared(
        string name,
        TensorProto.Types.DataType type,
        params ReadOnlySpan<long> sizes
    )
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = OnnxGraph.Batch });
        foreach (long size in sizes)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new() { ElemType = type, Shape = shape },
            },
        };
    }
}
