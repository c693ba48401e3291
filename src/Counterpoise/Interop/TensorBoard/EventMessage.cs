using Google.Protobuf;

namespace Counterpoise.Interop.TensorBoard;

/// <summary>The messages of TensorBoard's event files: <c>Event</c> of TensorFlow's event.proto, and <c>Summary</c> of its summary.proto.</summary>
internal static class EventMessage
{
    private const int EventWallTime = 1;
    private const int EventStep = 2;
    private const int EventFileVersion = 3;
    private const int EventSummary = 5;
    private const int EventSessionLog = 7;
    private const int SummaryValue = 1;
    private const int ValueTag = 1;
    private const int ValueSimple = 2;
    private const int SessionStatus = 1;
    private const int SessionStarts = 1;

    /// <summary>What every file begins with.</summary>
    internal static byte[] FileVersion(DateTimeOffset time) =>
        Event(
            time,
            0,
            output =>
            {
                output.WriteTag(EventFileVersion, WireFormat.WireType.LengthDelimited);
                output.WriteString("brain.Event:2");
            }
        );

    /// <summary>The mark at which TensorBoard drops what it has read of the run in older files.</summary>
    internal static byte[] SessionStart(DateTimeOffset time) =>
        Event(
            time,
            0,
            output =>
                Nest(
                    output,
                    EventSessionLog,
                    session =>
                    {
                        session.WriteTag(SessionStatus, WireFormat.WireType.Varint);
                        session.WriteEnum(SessionStarts);
                    }
                )
        );

    /// <summary>Numbers at a step.</summary>
    internal static byte[] Scalars(DateTimeOffset time, long step, IEnumerable<(string Tag, double Value)> scalars) =>
        Event(
            time,
            step,
            output =>
                Nest(
                    output,
                    EventSummary,
                    summary =>
                    {
                        foreach ((string tag, double value) in scalars)
                        {
                            Nest(summary, SummaryValue, written => WriteScalar(written, tag, value));
                        }
                    }
                )
        );

    private static void WriteScalar(CodedOutputStream output, string tag, double value)
    {
        output.WriteTag(ValueTag, WireFormat.WireType.LengthDelimited);
        output.WriteString(tag);
        output.WriteTag(ValueSimple, WireFormat.WireType.Fixed32);
        output.WriteFloat((float)value);
    }

    private static byte[] Event(DateTimeOffset time, long step, Action<CodedOutputStream> what) =>
        Message(output =>
        {
            output.WriteTag(EventWallTime, WireFormat.WireType.Fixed64);
            output.WriteDouble(time.ToUnixTimeMilliseconds() / 1000.0);
            output.WriteTag(EventStep, WireFormat.WireType.Varint);
            output.WriteInt64(step);
            what(output);
        });

    private static void Nest(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Message(write)));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
