using System.Globalization;
using System.IO.Compression;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Reads the entries of a .tar or .tar.gz one after the other: ustar, GNU's and pax's.</summary>
/// <remarks>
/// .NET's reader makes replacement characters of names that are no UTF-8, so that two become one, fails at times that it
/// cannot express, and takes headers of any length into memory.
/// </remarks>
internal static class TarEntries
{
    private const int Block = 512;
    private const int MostHeaderBytes = 1 << 20;
    private const int BufferBytes = 1 << 16;

    /// <summary>The entries of an archive, in its order.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    /// <exception cref="CounterpoiseException">A name is no UTF-8.</exception>
    internal static IEnumerable<ArchiveEntry> Read(string file)
    {
        using FileStream packed = File.OpenRead(file);
        using Stream content = ArchiveKind.IsPacked(file) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
        Dictionary<string, byte[]> always = new(StringComparer.Ordinal);
        Dictionary<string, byte[]> said = new(StringComparer.Ordinal);
        byte[] header = new byte[Block];
        while (ReadHeader(content, header))
        {
            char type = (char)header[156];
            if (type is 'x' or 'X' or 'g')
            {
                ReadPax(ReadLong(content, header), type == 'g' ? always : said);
                continue;
            }

            if (type is 'L' or 'K')
            {
                said[type == 'L' ? "path" : "linkpath"] = [.. Text(ReadLong(content, header))];
                continue;
            }

            foreach ((string key, byte[] value) in always)
            {
                said.TryAdd(key, value);
            }

            ArchiveEntryKind kind = KindOf(type, said);
            SkipHoles(content, header, type);
            // A link, a folder and a device have no content, whatever their header says.
            long length =
                kind is not (ArchiveEntryKind.File or ArchiveEntryKind.Unread) ? 0
                : said.TryGetValue("size", out byte[]? size) ? Decimal(size)
                : Number(header.AsSpan(124, 12));
            long left = length;
            if (type != 'V')
            {
                byte[] name = said.GetValueOrDefault("path") ?? HeaderName(header);
                yield return new ArchiveEntry(
                    Decode(file, name),
                    kind == ArchiveEntryKind.File && name is [.., (byte)'/'] ? ArchiveEntryKind.Folder : kind,
                    length,
                    Decode(file, said.GetValueOrDefault("linkpath") ?? [.. Text(header.AsSpan(157, 100))]),
                    to =>
                    {
                        Copy(content, to, left);
                        left = 0;
                    }
                );
            }

            Copy(content, Stream.Null, left + Padding(length));
            said.Clear();
        }
    }

    private static ArchiveEntryKind KindOf(char type, Dictionary<string, byte[]> said) =>
        type switch
        {
            '0' or '\0' or '7' when said.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)) =>
                ArchiveEntryKind.Unread,
            '0' or '\0' or '7' => ArchiveEntryKind.File,
            '1' => ArchiveEntryKind.HardLink,
            '2' => ArchiveEntryKind.SymbolicLink,
            '3' or '4' or '6' => ArchiveEntryKind.Device,
            '5' => ArchiveEntryKind.Folder,
            _ => ArchiveEntryKind.Unread,
        };

    /// <summary>Reads the next header that is not empty; false at the archive's end.</summary>
    private static bool ReadHeader(Stream content, byte[] header)
    {
        for (bool isEnd = false; ; isEnd = true)
        {
            int read = content.ReadAtLeast(header, Block, throwOnEndOfStream: false);
            if (read == 0 && isEnd)
            {
                return false;
            }

            if (read < Block)
            {
                throw new InvalidDataException("it ends before its end mark");
            }

            if (header.AsSpan().ContainsAnyExcept((byte)0))
            {
                RequireChecksum(header);
                return true;
            }
        }
    }

    private static void RequireChecksum(byte[] header)
    {
        const int at = 148;
        const int length = 8;
        long sum = header.Sum(b => b) - header.AsSpan(at, length).ToArray().Sum(b => b) + (length * ' ');
        if (Number(header.AsSpan(at, length)) != sum)
        {
            throw new InvalidDataException("a header does not match its checksum");
        }
    }

    /// <summary>Octal digits, or where the first bit is set a binary number.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        const byte binary = 0x80;
        bool isBinary = field[0] == binary;
        long number = 0;
        foreach (byte b in isBinary ? field[1..] : field.Trim(" \0"u8))
        {
            if (number > long.MaxValue >> 8 || (!isBinary && b is < (byte)'0' or > (byte)'7'))
            {
                throw new InvalidDataException("a header has a wrong number");
            }

            number = isBinary ? (number << 8) | b : (number << 3) | (uint)(b - '0');
        }

        return number;
    }

    private static long Decimal(ReadOnlySpan<byte> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new InvalidDataException("a header has a wrong number");

    private static byte[] HeaderName(byte[] header)
    {
        ReadOnlySpan<byte> name = Text(header.AsSpan(0, 100));
        bool hasPrefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) && header[345] != 0;
        return hasPrefix ? [.. Text(header.AsSpan(345, 155)), (byte)'/', .. name] : [.. name];
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;

    private static string Decode(string file, byte[] name) =>
        EntryName.Decode(name)
        ?? throw new CounterpoiseException(
            $"{file}: has the entry {Printable.Of(name)}, whose name is not UTF-8, so that classes could be taken for each other; unpack it by hand, rename what is in it and give the folder."
        );

    /// <summary>The content of an entry that says more of the next one.</summary>
    private static byte[] ReadLong(Stream content, byte[] header)
    {
        long length = Number(header.AsSpan(124, 12));
        if (length > MostHeaderBytes)
        {
            throw new InvalidDataException($"a header has {length} bytes, expected at most {MostHeaderBytes}");
        }

        byte[] bytes = new byte[length];
        Copy(content, new MemoryStream(bytes), length);
        Copy(content, Stream.Null, Padding(length));
        return bytes;
    }

    /// <summary>Records such as <c>30 path=set/cat/0.png</c> and a line feed, 30 being the record's length.</summary>
    private static void ReadPax(ReadOnlySpan<byte> records, Dictionary<string, byte[]> into)
    {
        while (records.Length > 0)
        {
            int space = records.IndexOf((byte)' ');
            long length = space > 0 ? Decimal(records[..space]) : 0;
            if (length < space + 2 || length > records.Length)
            {
                throw new InvalidDataException("a header has a record of a wrong length");
            }

            ReadOnlySpan<byte> record = records[(space + 1)..(int)(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals < 0)
            {
                throw new InvalidDataException("a header has a record without a value");
            }

            into[Encoding.UTF8.GetString(record[..equals])] = [.. record[(equals + 1)..]];
            records = records[(int)length..];
        }
    }

    /// <summary>GNU's list of holes may go on in blocks behind the header.</summary>
    private static void SkipHoles(Stream content, byte[] header, char type)
    {
        byte[] more = new byte[Block];
        for (bool goesOn = type == 'S' && header[482] != 0; goesOn; goesOn = more[504] != 0)
        {
            Copy(content, new MemoryStream(more), Block);
        }
    }

    private static long Padding(long length) => (Block - (length % Block)) % Block;

    private static void Copy(Stream from, Stream to, long length)
    {
        byte[] buffer = new byte[Math.Min(length, BufferBytes)];
        for (long left = length; left > 0; )
        {
            int read = from.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
            {
                throw new InvalidDataException("it ends within a file");
            }

            to.Write(buffer, 0, read);
            left -= read;
        }
    }
}
