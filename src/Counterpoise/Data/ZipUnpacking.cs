using System.IO.Compression;

namespace Counterpoise.Data;

/// <summary>Unpacks a data set's .zip; paths that lead elsewhere and huge contents are refused before anything is written.</summary>
internal static class ZipUnpacking
{
    private const long MostBytes = 2L << 30;
    private const int MostEntries = 1_000_000;
    private const string PartSuffix = ".part";

    /// <summary>Unpacks into a folder named like the archive, unless that is there already.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="folder">The folder to make the archive's folder in.</param>
    /// <returns>The archive's folder.</returns>
    /// <exception cref="CounterpoiseException">The archive is damaged or refused.</exception>
    public static string Unpack(string file, string folder)
    {
        string target = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
        if (Directory.Exists(target))
        {
            return target;
        }

        string unpacking = target + PartSuffix;
        Remove(unpacking);
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(file);
            Check(file, archive);
            archive.ExtractToDirectory(unpacking);
        }
        catch (InvalidDataException failure)
        {
            throw new CounterpoiseException(
                $"{file}: could not be unpacked: {failure.Message.TrimEnd('.')}; remove it and fetch it again.",
                failure
            );
        }

        // The archives hold one folder of their own name.
        string inside = Path.Combine(unpacking, Path.GetFileName(target));
        Directory.Move(Directory.Exists(inside) ? inside : unpacking, target);
        Remove(unpacking);
        return target;
    }

    private static void Check(string file, ZipArchive archive)
    {
        long bytes = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            bytes = Math.Min(bytes + Math.Min(entry.Length, MostBytes + 1), MostBytes + 1);
            if (Path.IsPathRooted(entry.FullName) || entry.FullName.Split('/', '\\').Contains(".."))
            {
                throw new CounterpoiseException(
                    $"{file}: has the entry {entry.FullName}, which leads out of the archive's folder; remove it and fetch it again."
                );
            }
        }

        if (bytes > MostBytes || archive.Entries.Count > MostEntries)
        {
            throw new CounterpoiseException(
                $"{file}: has {archive.Entries.Count} files and would take more than {MostBytes >> 30} GB or {MostEntries} files unpacked; remove it and fetch it again."
            );
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
