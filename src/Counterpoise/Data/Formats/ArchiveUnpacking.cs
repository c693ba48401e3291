using System.Formats.Tar;
using System.IO.Compression;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Unpacks a .zip, .tar or .tar.gz; entries that lead elsewhere and huge contents are refused, and nothing is left of a refused archive.</summary>
internal static class ArchiveUnpacking
{
    private const int MostEntries = 20_000_000;
    private const string PartSuffix = ".part";

    /// <summary>Images do not compress: what unpacks to more than this many times its size, and to more than 2 GB, is no archive of images.</summary>
    private const int MostTimesLarger = 20;
    private const long AlwaysAllowed = 2L << 30;

    /// <summary>Unpacks into a folder named like the archive, unless that is there already.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="folder">The folder to make the archive's folder in.</param>
    /// <returns>The archive's folder.</returns>
    /// <exception cref="CounterpoiseException">The archive is damaged or refused, or there is no room.</exception>
    public static string Unpack(string file, string folder)
    {
        string target = Path.Combine(folder, NameOf(file));
        if (Directory.Exists(target))
        {
            return target;
        }

        string unpacking = target + PartSuffix;
        Remove(unpacking);
        try
        {
            if (file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                UnpackZip(file, unpacking);
            }
            else
            {
                UnpackTar(file, unpacking);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException || FileFailure.IsFromFiles(failure))
        {
            Remove(unpacking);
            throw new CounterpoiseException(
                $"{file}: could not be unpacked into {target}: {failure.Message.TrimEnd('.')}; if it is damaged, fetch it again.",
                failure
            );
        }
        catch (CounterpoiseException)
        {
            Remove(unpacking);
            throw;
        }

        // Archives often hold one folder of their own name.
        string inside = Path.Combine(unpacking, Path.GetFileName(target));
        Directory.Move(Directory.Exists(inside) ? inside : unpacking, target);
        Remove(unpacking);
        return target;
    }

    /// <summary>The archive's name without its ending.</summary>
    internal static string NameOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }

    private static void UnpackZip(string file, string folder)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        var limits = new Limits(file);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            limits.Check(entry.FullName, entry.Length);
        }

        archive.ExtractToDirectory(folder);
    }

    private static void UnpackTar(string file, string folder)
    {
        using FileStream packed = File.OpenRead(file);
        using Stream content = file.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
            ? packed
            : new GZipStream(packed, CompressionMode.Decompress);
        using TarReader archive = new(content);
        var limits = new Limits(file);
        Directory.CreateDirectory(folder);
        while (archive.GetNextEntry() is { } entry)
        {
            limits.Check(entry.Name, entry.Length);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                string path = Path.Combine(folder, entry.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                entry.ExtractToFile(path, overwrite: true);
            }
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What an archive may hold.</summary>
    private sealed class Limits(string file)
    {
        private readonly long mostBytes = Math.Max(AlwaysAllowed, MostTimesLarger * new FileInfo(file).Length);
        private long bytes;
        private int entries;

        internal void Check(string name, long length)
        {
            if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            {
                throw new CounterpoiseException(
                    $"{file}: has the entry {name}, which leads out of the archive's folder; remove it and fetch it again."
                );
            }

            bytes = Math.Min(bytes + Math.Min(length, mostBytes + 1), mostBytes + 1);
            entries++;
            if (bytes > mostBytes || entries > MostEntries)
            {
                throw new CounterpoiseException(
                    $"{file}: would take more than {mostBytes / 1e9:F1} GB or {MostEntries} files unpacked, which is no set of images; remove it and fetch it again."
                );
            }
        }
    }
}
