using System.IO.Compression;

namespace Counterpoise.Tests;

/// <summary>What older versions wrote: the folders in <c>tests/older</c>.</summary>
internal static class OlderFiles
{
    private const string Packed = ".gz";

    private static readonly string All = Path.Combine(FindRepository(), "tests", "older");

    /// <summary>The folders, one a version.</summary>
    public static IEnumerable<string> Versions =>
        Directory.GetDirectories(All).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    /// <summary>Copies what a version wrote.</summary>
    public static void Unpack(string version, string folder)
    {
        string from = Path.Combine(All, version);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetExtension(file) == Packed)
            {
                using var content = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
                using FileStream unpacked = File.Create(copy[..^Packed.Length]);
                content.CopyTo(unpacked);
            }
            else
            {
                File.Copy(file, copy);
            }
        }
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Counterpoise.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests are not within the repository.");
    }
}
