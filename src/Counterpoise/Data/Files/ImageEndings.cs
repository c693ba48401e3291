namespace Counterpoise.Data.Files;

/// <summary>What files of images end with, and which others are surely none.</summary>
internal static class ImageEndings
{
    /// <summary>Endings of files that are read as images.</summary>
    internal static readonly string[] Read = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

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

    /// <summary>Whether a file is named like an image that is read.</summary>
    internal static bool Has(string name) => Read.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file that is not named so may be an image all the same: one with an unknown ending, or without one and with an image's first bytes.</summary>
    internal static bool MayHide(string path)
    {
        string ending = Path.GetExtension(path);
        return ending.Length > 1 ? !Others.Contains(ending) : BeginsLikeImage(path);
    }

    private static bool BeginsLikeImage(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
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
