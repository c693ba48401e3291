using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Runs;

/// <summary>A file of JSON objects, one a line, that is only appended to.</summary>
/// <remarks>A line counts once its line end is there; a last line without one was torn by a kill and is ignored.</remarks>
internal sealed class MetricsLog(string path)
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Appends one line and hands it to the operating system.</summary>
    /// <returns>The file's new length in bytes.</returns>
    internal long Append(JsonObject line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, JsonFormat.OneLine), LineEnd];
        return Change(stream =>
        {
            long before = stream.Length;
            stream.Position = before;
            try
            {
                stream.Write(bytes);
            }
            catch (IOException)
            {
                // A full disk may have taken half of the line.
                stream.SetLength(before);
                throw;
            }
        });
    }

    /// <summary>Cuts the file back to a length that it had after a line.</summary>
    internal void Cut(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Change(stream =>
        {
            if (!EndsLineAt(stream, length))
            {
                throw new CounterpoiseException(
                    $"{path}: has {stream.Length} bytes and no line that ends at byte {length}, as the checkpoint expects. "
                        + "Delete that checkpoint to resume from the previous one."
                );
            }

            stream.SetLength(length);
        });
    }

    /// <summary>Removes a torn last line, so that the next one starts on a line of its own.</summary>
    internal void CutTornLine() => Change(stream => stream.SetLength(CompleteLength(stream)));

    /// <summary>Makes sure that the lines so far survive a power failure.</summary>
    internal void FlushToDisk() => Change(stream => stream.Flush(flushToDisk: true));

    /// <summary>The complete lines.</summary>
    internal IEnumerable<JsonObject> Read()
    {
        byte[] bytes = ReadComplete();
        int number = 0;
        for (int start = 0; start < bytes.Length; )
        {
            int end = Array.IndexOf(bytes, LineEnd, start);
            yield return Parse(bytes.AsSpan(start, end - start), ++number);
            start = end + 1;
        }
    }

    private JsonObject Parse(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return JsonFormat.Parse(line);
        }
        catch (JsonException failure)
        {
            throw new CounterpoiseException(
                $"{path}: line {number} is not a JSON object. Delete that line, or start a new run.",
                failure
            );
        }
    }

    private byte[] ReadComplete()
    {
        try
        {
            using FileStream stream = Open(FileMode.Open, FileAccess.Read);
            byte[] bytes = new byte[CompleteLength(stream)];
            stream.Position = 0;
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    private long Change(Action<FileStream> change)
    {
        try
        {
            using FileStream stream = Open(FileMode.OpenOrCreate, FileAccess.ReadWrite);
            change(stream);
            return stream.Length;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(path, failure);
        }
    }

    // Not buffered: a line goes to the operating system in one piece, where a kill of this process cannot tear it.
    private FileStream Open(FileMode mode, FileAccess access) =>
        new(path, mode, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static long CompleteLength(FileStream stream)
    {
        long length = stream.Length;
        while (!EndsLineAt(stream, length))
        {
            length--;
        }

        return length;
    }

    private static bool EndsLineAt(FileStream stream, long length)
    {
        if (length == 0)
        {
            return true;
        }

        if (length > stream.Length)
        {
            return false;
        }

        stream.Position = length - 1;
        return stream.ReadByte() == LineEnd;
    }
}
