using Google.Protobuf.Reflection;
using static Counterpoise.Basics.FormatRequirement;

namespace Counterpoise.Interop.Onnx;

/// <summary>
/// Bounds what reading a message can allocate: a few bytes of a file can ask for an object or a list, so that a small
/// file could fill the memory. Looks at the bytes alone.
/// </summary>
internal static class MessageCount
{
    private const int MostMessages = 1 << 16;
    private const int MostBytes = 2 << 20;
    private const int MostDepth = 16;

    /// <summary>Refuses more messages, or more bytes outside fields of bytes, than any classifier has.</summary>
    /// <param name="content">The message.</param>
    /// <param name="descriptor">What it is said to be.</param>
    /// <exception cref="FormatException">There are more, or the bytes are no message.</exception>
    internal static void RequireFew(byte[] content, MessageDescriptor descriptor)
    {
        int messages = 0;
        long bytes = 0;
        Count(content, descriptor, 0);

        void Count(ReadOnlyMemory<byte> message, MessageDescriptor kind, int depth)
        {
            Require(++messages <= MostMessages, $"it has more than {MostMessages} parts");
            Require(depth <= MostDepth, "its parts are nested too deeply");
            var reader = new WireReader(message.Span);
            while (reader.Next())
            {
                FieldDescriptor? field = kind.FindFieldByNumber(reader.Field);
                if (field?.FieldType == FieldType.Message && reader.IsDelimited)
                {
                    Count(message.Slice(reader.Start, reader.Length), field.MessageType, depth + 1);
                }
                else if (field is not null && field.FieldType != FieldType.Bytes) // Unknown ones stay the bytes they are, or go.
                {
                    bytes += reader.Length;
                    Require(bytes <= MostBytes, $"it has more than {MostBytes >> 20} MB beside its parameters");
                }
            }
        }
    }
}
