using System.Globalization;

namespace Counterpoise.Watch;

/// <summary>Lines that were added to a run's metrics since a reader came before.</summary>
/// <param name="Cursor">What the reader brings next time.</param>
/// <param name="Restarted">Whether these are lines from the first on, as the file is not the one read before.</param>
/// <param name="More">Whether there are more lines already.</param>
/// <param name="Lines">JSON objects in UTF-8, prepared for curves.</param>
/// <param name="Malformed">Numbers, from 1, of lines that were skipped as they are not JSON objects.</param>
internal sealed record MetricsPart(
    string Cursor,
    bool Restarted,
    bool More,
    IReadOnlyList<byte[]> Lines,
    IReadOnlyList<int> Malformed
);

/// <summary>Reads <c>metrics.jsonl</c> while another process appends to it. A last line without a line end does not count.</summary>
internal sealed class MetricsFile(string path)
{
    private const byte LineEnd = (byte)'\n';
    private const int Chunk = 1 << 20;
    private const int LongestPart = 16 << 20;
    private const int MarkBytes = 64;

    /// <summary>What follows a cursor; everything where the cursor is empty or of other content.</summary>
    /// <remarks>
    /// A resumed run cuts its metrics and writes others, possibly more than there were, between two visits. So a cursor
    /// also has a hash of the last bytes read, and no meaning outside of this process.
    /// </remarks>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal MetricsPart After(string? cursor)
    {
        using FileStream? stream = Open();
        if (stream is null)
        {
            return new MetricsPart("", !string.IsNullOrEmpty(cursor), More: false, [], []);
        }

        (long offset, int line) = Find(stream, cursor) ?? (0, 0);
        byte[] bytes = ReadLines(stream, offset);
        var lines = new List<byte[]>();
        var malformed = new List<int>();
        for (int start = 0; start < bytes.Length; )
        {
            int length = bytes.AsSpan(start).IndexOf(LineEnd);
            line++;
            if (MetricsLine.ForCurves(bytes.AsSpan(start, length)) is { } parsed)
            {
                lines.Add(parsed);
            }
            else
            {
                malformed.Add(line);
            }

            start += length + 1;
        }

        long end = offset + bytes.Length;
        return new MetricsPart(
            $"{end}.{line}.{Mark(stream, end)}",
            Restarted: offset == 0,
            More: bytes.Length >= LongestPart / 2,
            lines,
            malformed
        );
    }

    /// <summary>The complete lines from the last to the first, read only as far back as they are asked for.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal IEnumerable<byte[]> Backwards()
    {
        using FileStream? stream = Open();
        byte[] tail = [];
        bool isTorn = true;
        for (long start = stream?.Length ?? 0; start > 0; )
        {
            int length = (int)Math.Min(start, Math.Max(Chunk, tail.Length));
            start -= length;
            byte[] bytes = [.. Read(stream!, start, length), .. tail];
            int end = bytes.Length;
            while (bytes.AsSpan(0, end).LastIndexOf(LineEnd) is var found and >= 0)
            {
                if (!isTorn)
                {
                    yield return bytes[(found + 1)..end];
                }

                isTorn = false;
                end = found;
            }

            tail = bytes[..end];
        }

        if (!isTorn)
        {
            yield return tail;
        }
    }

    private static (long Offset, int Line)? Find(FileStream stream, string? cursor) =>
        cursor?.Split('.') is [var first, var second, var mark]
        && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int line)
        && offset <= stream.Length
        && mark == Mark(stream, offset)
            ? (offset, line)
            : null;

    /// <summary>Complete lines from an offset on: about <see cref="LongestPart"/> bytes, but at least a line.</summary>
    private static byte[] ReadLines(FileStream stream, long offset)
    {
        for (long limit = LongestPart; ; limit *= 2)
        {
            int length = (int)Math.Min(stream.Length - offset, Math.Min(limit, Array.MaxLength));
            byte[] bytes = Read(stream, offset, length);
            int complete = bytes.AsSpan().LastIndexOf(LineEnd) + 1;
            if (complete > 0 || length < limit)
            {
                return bytes[..complete];
            }
        }
    }

    private static string Mark(FileStream stream, long end)
    {
        int length = (int)Math.Min(end, MarkBytes);
        var hash = default(HashCode);
        hash.AddBytes(Read(stream, end - length, length));
        return ((uint)hash.ToHashCode()).ToString(CultureInfo.InvariantCulture);
    }

    private static byte[] Read(FileStream stream, long offset, int length)
    {
        byte[] bytes = new byte[length];
        stream.Position = offset;
        int read = stream.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        return read == length ? bytes : bytes[..read]; // It may have been cut meanwhile.
    }

    private FileStream? Open()
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0
            );
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
