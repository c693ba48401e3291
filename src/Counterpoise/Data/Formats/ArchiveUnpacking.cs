using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>
/// Unpacks a .zip, .tar or .tar.gz into a folder. Entries that lead elsewhere, two for one file, and huge contents are
/// refused; what no folder of images consists of is left out and counted.
/// </summary>
internal sealed class ArchiveUnpacking
{
    private const int MostEntries = 20_000_000;

    /// <summary>Images do not compress: what unpacks to more than this many times its size, and to more than 2 GB, is no archive of images.</summary>
    private const int MostTimesLarger = 20;
    private const long AlwaysAllowed = 2L << 30;

    /// <summary>As many links may lead to one another; systems follow no more.</summary>
    private const int MostLinksInChain = 40;

    private readonly string file;
    private readonly string folder;
    private readonly bool isZip;
    private readonly long mostBytes;
    private readonly HashSet<string> folders = new(StringComparer.Ordinal) { "" };
    private readonly LeftOutList leftOut = new();
    private List<Link> links = [];
    private long bytes;
    private int entries;

    private ArchiveUnpacking(string file, string folder)
    {
        this.file = file;
        this.folder = folder;
        isZip = ArchiveKind.IsZip(file);
        mostBytes = Math.Max(AlwaysAllowed, MostTimesLarger * new FileInfo(file).Length);
    }

    /// <summary>Unpacks an archive into a folder that is not there yet.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>What is not in it; files are named as in the archive.</returns>
    /// <exception cref="CounterpoiseException">The archive is damaged or refused, or there is no room.</exception>
    internal static IReadOnlyList<LeftOut> Unpack(string file, string folder)
    {
        try
        {
            var unpacking = new ArchiveUnpacking(file, folder);
            unpacking.Run();
            return unpacking.leftOut.All;
        }
        catch (Exception failure) when (failure is InvalidDataException || FileFailure.IsFromFiles(failure))
        {
            throw new CounterpoiseException(
                $"{file}: could not be unpacked: {failure.Message.TrimEnd('.')}; if it is damaged, fetch it again.",
                failure
            );
        }
    }

    private void Run()
    {
        Directory.CreateDirectory(folder);
        foreach (ArchiveEntry entry in isZip ? ZipEntries.Read(file) : TarEntries.Read(file))
        {
            string[] steps = EntryName.Steps(file, entry.Name);
            string path = string.Join('/', steps);
            Count(entry.Length);
            if (steps.Length == 0)
            {
                continue; // The folder itself.
            }

            if (steps.Any(step => SystemFiles.Are(step) || step == CacheFolder.Name))
            {
                if (entry.Kind == ArchiveEntryKind.File && ImageFormats.IsNamedLikeOne(path))
                {
                    leftOut.Add("files that other systems made", null, path);
                }

                continue;
            }

            switch (entry.Kind)
            {
                case ArchiveEntryKind.Folder:
                    MakeFolder(path);
                    break;
                case ArchiveEntryKind.File:
                    Write(path, entry);
                    break;
                case ArchiveEntryKind.HardLink:
                case ArchiveEntryKind.SymbolicLink:
                    AddLink(steps, entry);
                    break;
                case ArchiveEntryKind.Device:
                    leftOut.Add("devices and pipes", null, path);
                    break;
                default:
                    leftOut.Add("entries that are no plain files, such as ones with holes", null, path);
                    break;
            }
        }

        MakeLinks();
        Unwrap();
    }

    private void Count(long length)
    {
        bytes = Math.Min(bytes + Math.Min(length, mostBytes + 1), mostBytes + 1);
        entries++;
        if (bytes > mostBytes || entries > MostEntries)
        {
            throw new CounterpoiseException(
                $"{file}: would take more than {mostBytes / 1e9:F1} GB or {MostEntries} files unpacked, which is no set of images; remove it and fetch it again."
            );
        }
    }

    private string FullPath(string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));

    private static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";

    private void MakeFolder(string path)
    {
        if (folders.Contains(path))
        {
            return;
        }

        MakeFolder(ParentOf(path));
        string full = FullPath(path);
        if (Path.Exists(full))
        {
            throw Twice(path);
        }

        Directory.CreateDirectory(full);
        folders.Add(path);
    }

    private void Write(string path, ArchiveEntry entry)
    {
        MakeFolder(ParentOf(path));
        string full = FullPath(path);
        if (Path.Exists(full))
        {
            // In a tar, and in no zip, a file may come once more, which replaces the first: 'tar --update' makes such.
            if (isZip || !IsSpelledSo(full))
            {
                throw Twice(path);
            }

            File.Delete(full);
            leftOut.Add("files that are in the archive once more, later", null, path);
        }

        using FileStream made = new(full, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        entry.CopyTo(made);
    }

    /// <summary>Whether a file is there under this very name: systems may take Cat and cat for the same.</summary>
    private static bool IsSpelledSo(string full) =>
        Directory.GetFiles(Path.GetDirectoryName(full)!).Contains(full, StringComparer.Ordinal);

    private CounterpoiseException Twice(string path) =>
        new(
            $"{file}: has two entries that would become {path} here, perhaps of names that differ in capitals alone; unpack it by hand, rename one of them and give the folder."
        );

    private void AddLink(string[] steps, ArchiveEntry entry)
    {
        string path = string.Join('/', steps);
        string target = isZip ? entry.Target.Replace('\\', '/') : entry.Target;
        bool isHard = entry.Kind == ArchiveEntryKind.HardLink;
        if (EntryName.Resolve(isHard ? [] : steps[..^1], target) is not { } led)
        {
            leftOut.Add("links that lead out of the archive", null, path);
        }
        else if (led.Length < steps.Length && steps.AsSpan().StartsWith(led))
        {
            leftOut.Add("links to a folder above them", null, path);
        }
        else
        {
            links.Add(new Link(path, string.Join('/', led)));
        }
    }

    /// <summary>Makes what links lead to, which may come behind them in the archive, or be a link in turn.</summary>
    private void MakeLinks()
    {
        for (int pass = 0; pass < MostLinksInChain && links.Count > 0; pass++)
        {
            links = [.. links.Where(link => !TryMake(link))];
        }

        foreach (Link link in links)
        {
            leftOut.Add("links to nothing in the archive", null, link.Path);
        }
    }

    private bool TryMake(Link link)
    {
        string target = FullPath(link.Target);
        bool isFolder = Directory.Exists(target);
        if (!isFolder && !File.Exists(target))
        {
            return false;
        }

        MakeFolder(ParentOf(link.Path));
        string full = FullPath(link.Path);
        if (Path.Exists(full))
        {
            throw Twice(link.Path);
        }

        if (isFolder)
        {
            LinkFolder(link, full, target);
            return true;
        }

        Count(new FileInfo(target).Length);
        File.Copy(target, full);
        return true;
    }

    /// <summary>A link again, so that it can still be seen which class is another one.</summary>
    private void LinkFolder(Link link, string full, string target)
    {
        try
        {
            Directory.CreateSymbolicLink(full, Path.GetRelativePath(Path.GetDirectoryName(full)!, target));
        }
        catch (Exception failure) when (OperatingSystem.IsWindows() && FileFailure.IsFromFiles(failure))
        {
            leftOut.Add("links to folders, which this system does not let everybody make", null, link.Path);
        }
    }

    /// <summary>
    /// Archives often hold one folder around everything, which is left away. One that is named like a part, or is the
    /// folder of a class, says something.
    /// </summary>
    private void Unwrap()
    {
        string inner = folder;
        while (Wrapped(inner) is { } only)
        {
            foreach (string hidden in Directory.EnumerateFileSystemEntries(inner).Where(entry => entry != only))
            {
                leftOut.Add(
                    "hidden files and folders beside the one that holds the images",
                    null,
                    Path.GetRelativePath(folder, hidden)
                );
            }

            inner = only;
        }

        if (inner != folder)
        {
            string moved = folder + ".inner";
            Directory.Move(inner, moved);
            Directory.Delete(folder, recursive: true);
            Directory.Move(moved, folder);
        }
    }

    private static string? Wrapped(string folder)
    {
        string[] visible =
        [
            .. Directory
                .EnumerateFileSystemEntries(folder)
                .Where(entry => !Path.GetFileName(entry.AsSpan()).StartsWith('.')),
        ];
        return
            visible is [var only]
            && Directory.Exists(only)
            && PartNames.Of(Path.GetFileName(only)) is null
            && !IsClass(only)
            ? only
            : null;
    }

    private static bool IsClass(string folder) =>
        Directory
            .EnumerateFileSystemEntries(folder)
            .All(entry => File.Exists(entry) && ImageFormats.IsNamedLikeOne(entry));

    /// <summary>A link within the archive: both paths start at its top.</summary>
    private readonly record struct Link(string Path, string Target);
}
