using System.Buffers.Binary;
using Google.Protobuf;

namespace Counterpoise.Tests.Interop.TensorBoard;

/// <summary>What an event of a file for TensorBoard says.</summary>
internal sealed record ReadEvent(
    double WallTime,
    long Step,
    string? FileVersion,
    bool StartsSession,
    IReadOnlyList<(string Tag, float Value)> Scalars
);

/// <summary>Reads files for TensorBoard slowly, from the definition of their format.</summary>
internal static class EventReader
{
    /// <summary>The complete events of a file; a torn last record is left out.</summary>
    public static IReadOnlyList<ReadEvent> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        List<ReadEvent> events = [];
        int at = 0;
        while (bytes.Length - at >= 12)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes[at..(at + 8)]), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            if (bytes.Length - at < 12 + length + 4)
            {
                break;
            }

            byte[] data = bytes[(at + 12)..(at + 12 + length)];
            at += 12 + length + 4;
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at - 4)));
            events.Add(Event(data));
        }

        return events;
    }

    /// <summary>What TensorBoard shows of a folder: a start of a session drops what was read before.</summary>
    public static IReadOnlyList<ReadEvent> Shown(string folder)
    {
        List<ReadEvent> shown = [];
        foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            foreach (ReadEvent read in Read(file))
            {
                if (read.StartsSession)
                {
                    shown.RemoveAll(earlier => earlier.Step >= read.Step);
                }
                else if (read.FileVersion is null)
                {
                    shown.Add(read);
                }
            }
        }

        return shown;
    }

    /// <summary>The CRC-32C of bytes, bit by bit, with its reflected polynomial.</summary>
    public static uint Crc(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                uint feedback = (crc ^ (uint)(value >> bit)) & 1;
                crc = (crc >> 1) ^ (feedback * 0x82F63B78);
            }
        }

        return crc ^ 0xFFFFFFFF;
    }

    private static uint Masked(byte[] bytes)
    {
        uint crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static ReadEvent Event(byte[] data)
    {
        double wallTime = 0;
        long step = 0;
        string? version = null;
        bool starts = false;
        List<(string, float)> scalars = [];
        Fields(
            data,
            (field, input) =>
            {
                switch (field)
                {
                    case 1:
                        wallTime = input.ReadDouble();
                        break;
                    case 2:
                        step = input.ReadInt64();
                        break;
                    case 3:
                        version = input.ReadString();
                        break;
                    case 5:
                        Fields(input.ReadBytes().ToByteArray(), (_, value) => scalars.Add(Scalar(value)));
                        break;
                    case 7:
                        Fields(input.ReadBytes().ToByteArray(), (_, status) => starts = status.ReadEnum() == 1);
                        break;
                    default:
                        Assert.Fail($"An event has no field {field} here.");
                        break;
                }
            }
        );
        return new ReadEvent(wallTime, step, version, starts, scalars);
    }

    private static (string Tag, float Value) Scalar(CodedInputStream values)
    {
        string? tag = null;
        float number = float.NaN;
        Fields(
            values.ReadBytes().ToByteArray(),
            (field, input) =>
            {
                if (field == 1)
                {
                    tag = input.ReadString();
                }
                else
                {
                    Assert.Equal(2, field);
                    number = input.ReadFloat();
                }
            }
        );
        Assert.NotNull(tag);
        return (tag, number);
    }

    private static void Fields(byte[] message, Action<int, CodedInputStream> read)
    {
        using var input = new CodedInputStream(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            read((int)(tag >> 3), input);
        }
    }
}
