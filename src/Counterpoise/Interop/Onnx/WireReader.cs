namespace Counterpoise.Interop.Onnx;

/// <summary>The fields of one protocol buffer message, as places in its bytes.</summary>
/// <param name="message">The message.</param>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Eight = 1;
    private const int Delimited = 2;
    private const int Four = 5;
    private readonly ReadOnlySpan<byte> message = message;
    private int at = 0;

    /// <summary>The field's number.</summary>
    internal int Field { get; private set; }

    /// <summary>Where the field's content begins.</summary>
    internal int Start { get; private set; }

    /// <summary>The bytes of the field's content.</summary>
    internal int Length { get; private set; }

    /// <summary>Whether the content is a text, bytes, a packed list or a message.</summary>
    internal bool IsDelimited { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    internal bool Next()
    {
        if (at == message.Length)
        {
            return false;
        }

        ulong tag = Number();
        int type = (int)(tag & 7);
        ulong field = tag >> 3;
        Require(field is > 0 and < 1 << 29);
        Field = (int)field;
        IsDelimited = type == Delimited;
        Start = at;
        ulong length = type switch
        {
            Varint => Skipped(),
            Eight => sizeof(ulong),
            Four => sizeof(uint),
            Delimited => Number(),
            _ => throw Damaged(),
        };
        Start = IsDelimited ? at : Start;
        Require(length <= (ulong)(message.Length - Start));
        Length = (int)length;
        at = Start + Length;
        return true;
    }

    private ulong Skipped()
    {
        Number();
        return (ulong)(at - Start);
    }

    private ulong Number()
    {
        const int mostBits = 64;
        ulong value = 0;
        for (int shift = 0; shift < mostBits; shift += 7)
        {
            Require(at < message.Length);
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw Damaged();
        }
    }

    private static FormatException Damaged() => new("it is no ONNX model, or damaged");
}
