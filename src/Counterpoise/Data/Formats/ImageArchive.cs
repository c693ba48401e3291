using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>An archive of image files: its files cannot be read in any order, so it is unpacked once, beside itself.</summary>
/// <param name="Folder">The folder that holds its images, named like it.</param>
/// <param name="LeftOut">What of the archive is not in it.</param>
/// <param name="Notes">What the user must be told, one line each.</param>
internal sealed record ImageArchive(string Folder, IReadOnlyList<LeftOut> LeftOut, IReadOnlyList<string> Notes)
{
    private const long ToldBytes = 100_000_000;

    /// <summary>An archive's files, unpacked if they were not before; null where a path is no archive.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="messages">Receives what is told while it lasts.</param>
    /// <exception cref="CounterpoiseException">The archive is damaged, leads elsewhere, holds too much or is of a kind that is not read.</exception>
    internal static ImageArchive? Open(string archive, IProgress<string>? messages)
    {
        if (!ArchiveKind.IsRead(archive))
        {
            return null;
        }

        string path = Path.GetFullPath(archive);
        var file = new FileInfo(path);
        string identity = CacheEntry.Digits($"{file.Name} {CacheEntry.IdentityOf(path)}");
        string cache = CacheFolder.PathIn(Path.GetDirectoryName(path)!, identity);
        string target = Path.Combine(cache, ArchiveKind.NameOf(path));
        var entry = new CacheEntry(target, cache, $"Unpack {archive} by hand and give the folder.");
        CacheContent content = entry.Require(
            temporary =>
            {
                if (file.Length > ToldBytes)
                {
                    messages?.Report($"{archive}: unpacking it, once, into {target}.");
                }

                return ArchiveUnpacking.Unpack(archive, temporary);
            },
            messages
        );
        LeftOut[] leftOut =
        [
            .. content.LeftOut.Select(entry =>
                entry with
                {
                    Files = [.. entry.Files.Select(inside => Path.Combine(archive, inside))],
                }
            ),
        ];
        return new ImageArchive(
            target,
            leftOut,
            [
                .. content.Notes,
                $"{archive}: files in an archive cannot be read in any order, so it was unpacked into {target}.",
                .. Files.LeftOut.Notes(archive, leftOut),
            ]
        );
    }
}
