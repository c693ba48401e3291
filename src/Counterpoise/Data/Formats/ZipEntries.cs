using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Reads the entries of a .zip. .NET unpacks them; names, passwords and compression are looked up here.</summary>
internal static class ZipEntries
{
    private const int FormatOfLinks = 0xA000;
    private const int FormatBits = 0xF000;

    /// <summary>The entries of an archive, in the order of its directory.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    /// <exception cref="CounterpoiseException">It needs a password or a method that is not known, or a name is no UTF-8.</exception>
    internal static IEnumerable<ArchiveEntry> Read(string file)
    {
        // Names are those of the directory's bytes: with one character a byte none is replaced or refused here.
        using ZipArchive archive = ZipFile.Open(file, ZipArchiveMode.Read, Encoding.Latin1);
        ZipDirectoryEntry[] directory = ZipDirectory.Read(file);
        if (directory.Length != archive.Entries.Count)
        {
            throw new InvalidDataException("its directory is damaged");
        }

        foreach ((ZipArchiveEntry entry, ZipDirectoryEntry said) in archive.Entries.Zip(directory))
        {
            string name = NameOf(file, said);
            Require(file, name, said);
            bool isLink = (entry.ExternalAttributes >> 16 & FormatBits) == FormatOfLinks && said.IsFromUnix;
            yield return new ArchiveEntry(
                name,
                isLink ? ArchiveEntryKind.SymbolicLink
                    : name.EndsWith('/') ? ArchiveEntryKind.Folder
                    : ArchiveEntryKind.File,
                entry.Length,
                isLink ? Target(file, entry) : "",
                to => Copy(entry, name, to)
            );
        }
    }

    /// <summary>The entry's name, with the separators of old Windows tools mended.</summary>
    private static string NameOf(string file, ZipDirectoryEntry entry) =>
        (entry.UnicodeName ?? EntryName.Decode(entry.Name))?.Replace('\\', '/')
        ?? throw new CounterpoiseException(
            $"{file}: has the entry {Printable.Of(entry.Name)}, whose name is not UTF-8, so that classes could be taken for each other; "
                + "zip the folder again with names in UTF-8, as 7-Zip does with -mcu=on, or unpack it by hand in the encoding it was made in ('unzip -O') and give the folder."
        );

    private static void Require(string file, string name, ZipDirectoryEntry entry)
    {
        if (entry.IsEncrypted)
        {
            throw new CounterpoiseException(
                $"{file}: the entry {name} is protected by a password, expected an archive without one; unpack it by hand and give the folder."
            );
        }

        if (entry.UnknownMethod is { } method)
        {
            throw new CounterpoiseException(
                $"{file}: the entry {name} is compressed by {method}, expected Deflate or none; unpack it by hand and give the folder, or zip the folder again."
            );
        }
    }

    private static string Target(string file, ZipArchiveEntry entry)
    {
        const int longestPath = 4096;
        if (entry.Length > longestPath)
        {
            throw new InvalidDataException($"a link in it has {entry.Length} bytes");
        }

        using var bytes = new MemoryStream();
        Copy(entry, entry.FullName, bytes);
        return EntryName.Decode(bytes.ToArray())
            ?? throw new CounterpoiseException(
                $"{file}: has a link to {Printable.Of(bytes.ToArray())}, whose name is not UTF-8; unpack it by hand and give the folder."
            );
    }

    private static void Copy(ZipArchiveEntry entry, string name, Stream to)
    {
        using Stream content = entry.Open();
        byte[] buffer = new byte[1 << 16];
        uint checksum = Crc32.Start;
        long copied = 0;
        for (int read; (read = content.Read(buffer)) > 0; copied += read)
        {
            checksum = Crc32.Add(checksum, buffer.AsSpan(0, read));
            to.Write(buffer, 0, read);
        }

        if (copied != entry.Length || Crc32.End(checksum) != entry.Crc32)
        {
            throw new InvalidDataException($"the entry {name} does not match its length and checksum");
        }
    }
}
