using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>An archive of image files: its files cannot be read in any order, so it is unpacked once, beside itself.</summary>
internal static class ImageArchive
{
    private static readonly string[] Endings = [".zip", ".tar", ".tar.gz", ".tgz"];

    /// <summary>Whether a path is a file that is named like an archive.</summary>
    internal static bool Is(string data) =>
        File.Exists(data) && Endings.Any(ending => data.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The folder with an archive's files, unpacked if it was not before.</summary>
    /// <param name="archive">The file.</param>
    /// <returns>The folder, and what the user must be told.</returns>
    /// <exception cref="CounterpoiseException">The archive is damaged, leads elsewhere or holds too much.</exception>
    internal static (string Folder, string Note) Unpack(string archive)
    {
        string path = Path.GetFullPath(archive);
        var file = new FileInfo(path);
        string identity = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{file.Name} {file.Length} {file.LastWriteTimeUtc:O}"))
        )[..16];
        string cache = CacheFolder.PathIn(Path.GetDirectoryName(path)!, identity);
        Folders.Make(cache, $"Unpack {archive} by hand and give the folder.");
        string folder = ArchiveUnpacking.Unpack(path, cache);
        return (
            folder,
            $"{archive}: files in an archive cannot be read in any order, so it was unpacked into {folder}."
        );
    }
}
