namespace Counterpoise.Data.Files;

/// <summary>Tells files that are not looked at, but may be images all the same, from those that are surely none.</summary>
internal static class OtherFiles
{
    // What people keep beside images. Anything else that is not read is told.
    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt",
        ".md",
        ".rst",
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".xml",
        ".yml",
        ".yaml",
        ".toml",
        ".ini",
        ".cfg",
        ".html",
        ".htm",
        ".log",
        ".py",
        ".ipynb",
        ".sh",
        ".db",
        ".lnk",
        ".url",
        ".parquet",
        ".xlsx",
        ".pdf",
    };

    /// <summary>Whether a file that is not named like an image may be one: it has an unknown ending, or without one and with an image's first bytes.</summary>
    internal static bool MayBeImages(string path)
    {
        string ending = Path.GetExtension(path);
        return ending.Length > 1 ? !Others.Contains(ending) : BeginsLikeImage(path);
    }

    private static bool BeginsLikeImage(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using Stream file = RegularFile.Open(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && (
                (start[0] == 0xFF && start[1] == 0xD8)
                || start[1..].SequenceEqual("PNG"u8)
                || start.SequenceEqual("RIFF"u8)
                || start.SequenceEqual("GIF8"u8)
                || start[..2].SequenceEqual("BM"u8)
                || start.SequenceEqual("II*\0"u8)
                || start.SequenceEqual("MM\0*"u8)
            );
    }
}
