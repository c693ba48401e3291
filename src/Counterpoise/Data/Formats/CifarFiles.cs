using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>The files of a CIFAR set, wherever they are.</summary>
/// <param name="Path">The folder or archive.</param>
/// <param name="Layout">Which set it is.</param>
/// <param name="Read">The bytes of a file by its bare name, or null where it is missing.</param>
internal sealed record CifarFiles(string Path, CifarLayout Layout, Func<string, byte[]?> Read)
{
    private const long MostBytes = 1L << 30;

    /// <summary>Images do not compress: more than this, and than so many times the archive, is none of them.</summary>
    private const long AlwaysAllowed = 1L << 28;
    private const int MostTimesLarger = 20;

    /// <summary>The place of a file, for messages.</summary>
    public string Describe(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>The set whose files lie directly in a folder, if any.</summary>
    public static CifarFiles? InFolder(string folder)
    {
        string[] names = [.. FileNames(folder)];
        return CifarLayout.Recognise(names) is { } layout ? new CifarFiles(folder, layout, Read) : null;

        byte[]? Read(string name)
        {
            string file = System.IO.Path.Combine(folder, name);
            try
            {
                return !File.Exists(file) ? null
                    : RegularFile.LengthOf(file) > 0 ? File.ReadAllBytes(file)
                    : [];
            }
            catch (Exception error) when (FileFailure.IsFromFiles(error))
            {
                throw FileFailure.Reading(file, error);
            }
        }
    }

    /// <summary>The set inside a .tar.gz, unpacked into memory; null where the archive is another or holds something else.</summary>
    /// <exception cref="CounterpoiseException">The archive is damaged, or holds the Python version.</exception>
    public static CifarFiles? InArchive(string archive)
    {
        if (!ArchiveKind.IsPacked(archive))
        {
            return null;
        }

        try
        {
            return Unpack(archive);
        }
        catch (Exception error) when (error is InvalidDataException || FileFailure.IsFromFiles(error))
        {
            throw new CounterpoiseException(
                $"{archive}: the archive could not be unpacked ({error.Message.TrimEnd('.')}), expected a whole "
                    + ".tar.gz; it is damaged or was not downloaded completely: download it again.",
                error
            );
        }
    }

    private static IEnumerable<string> FileNames(string folder)
    {
        try
        {
            return Directory.GetFiles(folder).Select(file => System.IO.Path.GetFileName(file));
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw FileFailure.Reading(folder, error);
        }
    }

    private static CifarFiles? Unpack(string archive)
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        CifarLayout[] layouts = [CifarLayout.Cifar10, CifarLayout.Cifar100];
        long most = Math.Clamp(MostTimesLarger * new FileInfo(archive).Length, AlwaysAllowed, MostBytes);
        long bytes = 0;
        foreach (ArchiveEntry entry in TarEntries.Read(archive))
        {
            string name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (name == "data_batch_1" || entry.Name.Contains("cifar-100-python/", StringComparison.Ordinal))
            {
                throw new CounterpoiseException(
                    $"{archive}: found CIFAR's Python version, expected the binary version; download "
                        + "cifar-10-binary.tar.gz or cifar-100-binary.tar.gz."
                );
            }

            if (ImageFormats.IsNamedLikeOne(name))
            {
                return null; // An archive of images, which may be large, need not be unpacked to its end.
            }

            if (entry.Kind == ArchiveEntryKind.File && layouts.Any(layout => layout.Files.Contains(name)))
            {
                bytes += entry.Length;
                if (entry.Length > most || bytes > most)
                {
                    throw new CounterpoiseException(
                        $"{archive}: the file {name} in it has {entry.Length} bytes, expected at most {most} of all files; "
                            + "this is not the published archive: download it again."
                    );
                }

                byte[] content = new byte[entry.Length];
                entry.CopyTo(new MemoryStream(content));
                files[name] = content;
            }
        }

        return CifarLayout.Recognise(files.Keys) is { } layout
            ? new CifarFiles(archive, layout, name => files.GetValueOrDefault(name))
            : null;
    }
}
