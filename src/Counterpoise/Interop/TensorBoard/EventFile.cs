using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Counterpoise.Basics;

namespace Counterpoise.Interop.TensorBoard;

/// <summary>A file of records in TensorFlow's TFRecord framing, only appended to.</summary>
/// <remarks>
/// A record is its length (8 bytes, little-endian), the length's checksum (4), the data, and the data's checksum (4). A
/// last record that a kill has torn is not read by anyone, and the next training writes a file of its own.
/// </remarks>
internal sealed class EventFile
{
    private const string Beginning = "events.out.tfevents.";

    private readonly string path;

    private EventFile(string path) => this.path = path;

    /// <summary>Names a new file so that TensorBoard, which goes by name, reads it after those that are there.</summary>
    /// <param name="folder">The folder, which is made if need be.</param>
    /// <param name="now">The time, which is in the name.</param>
    /// <exception cref="CounterpoiseException">The folder could not be made or read.</exception>
    internal static EventFile Create(string folder, DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(folder);
            long latest = Directory
                .EnumerateFiles(folder, Beginning + "*")
                .Select(file => Path.GetFileName(file)[Beginning.Length..].Split('.')[0])
                .Select(text => long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) ? seconds : 0)
                .DefaultIfEmpty()
                .Max();
            long seconds = Math.Max(now.ToUnixTimeSeconds(), latest + 1);
            string name = $"{Beginning}{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}.v2";
            return new EventFile(Path.Combine(folder, name));
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(folder, failure);
        }
    }

    /// <summary>Appends records and hands them to the operating system in one piece.</summary>
    /// <exception cref="CounterpoiseException">They could not be written.</exception>
    internal void Append(IEnumerable<byte[]> records)
    {
        byte[] bytes = [.. records.SelectMany(Frame)];
        try
        {
            using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            stream.Write(bytes);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(path, failure);
        }
    }

    private static byte[] Frame(byte[] data)
    {
        byte[] record = new byte[8 + 4 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), Checksum(data));
        return record;
    }

    /// <summary>CRC-32C, turned and shifted: a checksum of data that itself holds checksums would be weak otherwise.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
