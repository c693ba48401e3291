using Counterpoise.Interop.Onnx.Messages;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Interop.Onnx;

/// <summary>What a network that somebody else wrote may have and cannot be looked at, operators within operators among it.</summary>
internal static class ForeignParts
{
    /// <summary>Refuses parameters in other files: reading them would open whatever the model names.</summary>
    /// <exception cref="FormatException">There are some.</exception>
    internal static void RequireWhole(ModelProto model)
    {
        TensorProto? elsewhere = Graphs(model.Graph)
            .SelectMany(graph =>
                graph.Initializer.Concat(graph.Node.SelectMany(node => node.Attribute).SelectMany(Tensors))
            )
            .FirstOrDefault(constant => constant.ExternalData.Count > 0 || constant.DataLocation != 0);
        Require(
            elsewhere is null,
            $"its constant '{elsewhere?.Name}' is in another file ({elsewhere?.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value}), expected one file; save the model with its parameters inside"
        );
    }

    /// <summary>What cannot be checked: operators that no specification of ONNX's describes; null where there is nothing of that kind.</summary>
    internal static string? Unchecked(ModelProto model) =>
        Graphs(model.Graph).SelectMany(graph => graph.Node).FirstOrDefault(node => node.Domain is not ("" or "ai.onnx"))
            is { } other
            ? $"its operator '{other.OpType}' is of the set '{other.Domain}', not of ONNX's own"
        : model.Functions.Count > 0 ? "it has operators made of operators"
        : null;

    /// <summary>A graph and those within its operators.</summary>
    internal static IEnumerable<GraphProto> Graphs(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute).SelectMany(Graphs).Prepend(graph);

    /// <summary>The graphs within an attribute.</summary>
    internal static IEnumerable<GraphProto> Graphs(AttributeProto attribute) =>
        (attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G)).SelectMany(Graphs);

    private static IEnumerable<TensorProto> Tensors(AttributeProto attribute) =>
        attribute.T is null ? attribute.Tensors : attribute.Tensors.Append(attribute.T);
}
