using Counterpoise.Interop.Onnx.Messages;
using static Counterpoise.Interop.Onnx.Messages.AttributeProto.Types;

namespace Counterpoise.Interop.Onnx;

/// <summary>Attributes of operators.</summary>
internal static class OnnxAttribute
{
    internal static AttributeProto Of(string name, float value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Float,
            F = value,
        };

    internal static AttributeProto Of(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    internal static AttributeProto Of(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        foreach (long value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }
}
