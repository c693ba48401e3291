using System.Buffers.Binary;

namespace Counterpoise.Data.Formats;

/// <summary>What a zip's directory says of an entry and .NET does not tell.</summary>
/// <param name="Name">The name's bytes.</param>
/// <param name="UnicodeName">The name in UTF-8 that Info-ZIP's tools add to one in another encoding; null without it.</param>
/// <param name="Flags">The general purpose bits.</param>
/// <param name="Method">The number of the compression method.</param>
/// <param name="IsFromUnix">Whether the attributes are those of Unix.</param>
internal sealed record ZipDirectoryEntry(byte[] Name, string? UnicodeName, ushort Flags, ushort Method, bool IsFromUnix)
{
    private const ushort AesMethod = 99;
    private const ushort EncryptionFlags = 1 | (1 << 6) | (1 << 13);

    /// <summary>Whether it needs a password.</summary>
    internal bool IsEncrypted => (Flags & EncryptionFlags) != 0 || Method == AesMethod;

    /// <summary>The compression method, where .NET does not know it.</summary>
    internal string? UnknownMethod =>
        Method switch
        {
            0 or 8 or 9 => null,
            1 => "Shrink",
            6 => "Implode",
            12 => "BZip2",
            14 => "LZMA",
            20 or 93 => "Zstandard",
            95 => "XZ",
            96 => "JPEG",
            98 => "PPMd",
            _ => $"method {Method}",
        };
}

/// <summary>Reads the directory at the end of a .zip.</summary>
internal static class ZipDirectory
{
    private const uint EndMark = 0x06054B50;
    private const uint LargeEndMark = 0x06064B50;
    private const uint LargePlaceMark = 0x07064B50;
    private const uint EntryMark = 0x02014B50;
    private const int EndBytes = 22;
    private const int LargePlaceBytes = 20;
    private const int LargeEndBytes = 56;
    private const int EntryBytes = 46;
    private const ushort UnicodeNameField = 0x7075;

    /// <summary>The entries, in order.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is damaged.</exception>
    internal static ZipDirectoryEntry[] Read(string file)
    {
        using FileStream content = File.OpenRead(file);
        try
        {
            (long at, long count) = Find(content);
            content.Position = at;
            List<ZipDirectoryEntry> entries = [];
            for (long i = 0; i < count; i++)
            {
                entries.Add(ReadEntry(content));
            }

            return [.. entries];
        }
        catch (Exception failure) when (failure is EndOfStreamException or ArgumentOutOfRangeException)
        {
            throw Damaged(failure);
        }
    }

    /// <summary>Where the directory begins and how many entries it has.</summary>
    private static (long At, long Count) Find(FileStream content)
    {
        byte[] tail = new byte[Math.Min(content.Length, EndBytes + ushort.MaxValue)];
        long start = content.Length - tail.Length;
        ReadAt(content, start, tail);
        int end = tail.Length - EndBytes;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) != EndMark)
        {
            end--;
        }

        ReadOnlySpan<byte> record = end >= 0 ? tail.AsSpan(end) : throw Damaged(null);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint at = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        return (count == ushort.MaxValue || at == uint.MaxValue ? FindLarge(content, start + end) : null)
            ?? (at, count);
    }

    /// <summary>The same where the numbers are too large for the usual record.</summary>
    private static (long At, long Count)? FindLarge(FileStream content, long end)
    {
        byte[] place = new byte[LargePlaceBytes];
        if (end < LargePlaceBytes)
        {
            return null;
        }

        ReadAt(content, end - LargePlaceBytes, place);
        if (BinaryPrimitives.ReadUInt32LittleEndian(place) != LargePlaceMark)
        {
            return null;
        }

        byte[] large = new byte[LargeEndBytes];
        ReadAt(content, BinaryPrimitives.ReadInt64LittleEndian(place.AsSpan(8)), large);
        return BinaryPrimitives.ReadUInt32LittleEndian(large) == LargeEndMark
            ? (
                BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(48)),
                BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(32))
            )
            : throw Damaged(null);
    }

    private static ZipDirectoryEntry ReadEntry(FileStream content)
    {
        byte[] entry = new byte[EntryBytes];
        content.ReadExactly(entry);
        if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != EntryMark)
        {
            throw Damaged(null);
        }

        byte[] name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(28))];
        byte[] extra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(30))];
        content.ReadExactly(name);
        content.ReadExactly(extra);
        content.Position += BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(32));
        const int unix = 3;
        const int mac = 19;
        return new ZipDirectoryEntry(
            name,
            UnicodeName(name, extra),
            BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(8)),
            BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(10)),
            entry[5] is unix or mac
        );
    }

    /// <summary>A field of a version, the checksum of the name that it goes with, and the name in UTF-8.</summary>
    private static string? UnicodeName(byte[] name, ReadOnlySpan<byte> extra)
    {
        const int head = 4;
        const int before = 5;
        while (extra.Length >= head)
        {
            ushort kind = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - head);
            ReadOnlySpan<byte> field = extra.Slice(head, length);
            if (
                kind == UnicodeNameField
                && length > before
                && field[0] == 1
                && BinaryPrimitives.ReadUInt32LittleEndian(field[1..]) == Crc32.Of(name)
            )
            {
                return EntryName.Decode(field[before..]);
            }

            extra = extra[(head + length)..];
        }

        return null;
    }

    private static void ReadAt(FileStream content, long at, byte[] bytes)
    {
        content.Position = at;
        content.ReadExactly(bytes);
    }

    private static InvalidDataException Damaged(Exception? failure) => new("its directory is damaged", failure);
}
