using Google.Protobuf;
using Tensorboard;

namespace Counterpoise.Interop.TensorBoard;

/// <summary>The messages of TensorBoard's event files.</summary>
internal static class EventMessage
{
    /// <summary>What every file begins with.</summary>
    internal static byte[] FileVersion(DateTimeOffset time) => Bytes(time, new Event { FileVersion = "brain.Event:2" });

    /// <summary>The mark at which TensorBoard drops what it has read of the run in older files.</summary>
    internal static byte[] SessionStart(DateTimeOffset time) =>
        Bytes(time, new Event { SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });

    /// <summary>Numbers at a step.</summary>
    internal static byte[] Scalars(DateTimeOffset time, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        IEnumerable<Summary.Types.Value> values = scalars.Select(scalar => new Summary.Types.Value
        {
            Tag = scalar.Tag,
            SimpleValue = (float)scalar.Value,
        });
        return Bytes(
            time,
            new Event
            {
                Step = step,
                Summary = new Summary { Value = { values } },
            }
        );
    }

    private static byte[] Bytes(DateTimeOffset time, Event message)
    {
        message.WallTime = time.ToUnixTimeMilliseconds() / 1000.0;
        return message.ToByteArray();
    }
}
