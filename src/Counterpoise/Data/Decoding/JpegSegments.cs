using System.Buffers.Binary;

namespace Counterpoise.Data.Decoding;

/// <summary>A part of a JPEG file's header.</summary>
internal readonly ref struct JpegSegment(byte marker, ReadOnlySpan<byte> content)
{
    /// <summary>What it is.</summary>
    internal byte Marker { get; } = marker;

    /// <summary>What is in it, cut off where the file is.</summary>
    internal ReadOnlySpan<byte> Content { get; } = content;
}

/// <summary>The parts of a JPEG file's header, in order, up to the pixels, for foreach.</summary>
internal ref struct JpegSegments
{
    internal const byte App1 = 0xE1;
    private const byte Scan = 0xDA;
    private ReadOnlySpan<byte> rest;

    /// <param name="file">A file for which <see cref="Is"/> holds.</param>
    internal JpegSegments(ReadOnlySpan<byte> file)
    {
        rest = file[2..];
        Current = default;
    }

    /// <summary>The segment that was reached.</summary>
    public JpegSegment Current { get; private set; }

    /// <summary>Whether a file is JPEG.</summary>
    internal static bool Is(ReadOnlySpan<byte> file) => file is [0xFF, 0xD8, 0xFF, ..];

    /// <summary>This.</summary>
    public readonly JpegSegments GetEnumerator() => this;

    /// <summary>Goes to the next segment.</summary>
    public bool MoveNext()
    {
        // Any number of 0xFF may fill up before a marker.
        while (rest.Length > 1 && rest[0] == 0xFF && rest[1] == 0xFF)
        {
            rest = rest[1..];
        }

        if (rest.Length < 4 || rest[0] != 0xFF || rest[1] == Scan)
        {
            return false;
        }

        int length = Math.Clamp(BinaryPrimitives.ReadUInt16BigEndian(rest[2..]), (ushort)2, rest.Length - 2);
        Current = new JpegSegment(rest[1], rest.Slice(4, Math.Max(0, length - 2)));
        rest = rest[(2 + length)..];
        return true;
    }
}
