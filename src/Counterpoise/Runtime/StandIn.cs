using System.Buffers.Binary;
using System.Text;

namespace Counterpoise.Runtime;

/// <summary>A library of Linux with nothing in it but its name.</summary>
/// <remarks>
/// Before it opens a file, the dynamic linker asks whether a library of that name is there already. So one that bears the
/// path of a file as its name keeps that file from being loaded.
/// </remarks>
internal static class StandIn
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int EntrySize = 16;

    private const uint Load = 1;
    private const uint Dynamic = 2;
    private const uint Stack = 0x6474e551;

    /// <summary>The bytes of such a library.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="machine">The processor it is for: 62 is x86-64.</param>
    internal static byte[] Named(string name, ushort machine = 62)
    {
        byte[] text = [0, .. Encoding.UTF8.GetBytes(name), 0];
        int dynamic = HeaderSize + (3 * SegmentSize);
        int symbols = dynamic + (7 * EntrySize);
        int hash = symbols + 24; // After the one symbol that every table begins with.
        int strings = hash + 16;
        byte[] library = new byte[strings + text.Length];

        byte[] start = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        start.CopyTo(library, 0);
        Span<byte> header = library;
        Write16(header[16..], 3); // A shared library.
        Write16(header[18..], machine);
        Write32(header[20..], 1);
        Write64(header[32..], HeaderSize);
        Write16(header[52..], HeaderSize);
        Write16(header[54..], SegmentSize);
        Write16(header[56..], 3);
        Write16(header[58..], 64);

        WriteSegment(library.AsSpan(HeaderSize), Load, 0, library.Length, 4096);
        WriteSegment(library.AsSpan(HeaderSize + SegmentSize), Dynamic, dynamic, 7 * EntrySize, 8);
        WriteSegment(library.AsSpan(HeaderSize + (2 * SegmentSize)), Stack, 0, 0, 16);

        (long Tag, long Value)[] entries =
        [
            (14, 1), // Its name, as a place in the strings.
            (5, strings),
            (10, text.Length),
            (6, symbols),
            (11, 24),
            (4, hash),
            (0, 0),
        ];
        for (int i = 0; i < entries.Length; i++)
        {
            Write64(library.AsSpan(dynamic + (i * EntrySize)), entries[i].Tag);
            Write64(library.AsSpan(dynamic + (i * EntrySize) + 8), entries[i].Value);
        }

        Write32(library.AsSpan(hash), 1);
        Write32(library.AsSpan(hash + 4), 1);
        text.CopyTo(library, strings);
        return library;
    }

    private static void WriteSegment(Span<byte> segment, uint type, int start, int length, int alignment)
    {
        Write32(segment, type);
        Write32(segment[4..], 6); // To be read and written.
        Write64(segment[8..], start);
        Write64(segment[16..], start);
        Write64(segment[24..], start);
        Write64(segment[32..], length);
        Write64(segment[40..], length);
        Write64(segment[48..], alignment);
    }

    private static void Write16(Span<byte> place, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(place, value);

    private static void Write32(Span<byte> place, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(place, value);

    private static void Write64(Span<byte> place, long value) => BinaryPrimitives.WriteInt64LittleEndian(place, value);
}
