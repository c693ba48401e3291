using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Which archives are read, and how others are named.</summary>
internal static class ArchiveKind
{
    private const int StartBytes = 512;
    private const string UnpackAdvice = "unpack it by hand and give the folder, or make a .zip or .tar.gz of it";
    private static readonly string[] Read = [".zip", ".tar", ".tar.gz", ".tgz"];

    // Endings of what is packed and not read. Longer ones come before those that they end with.
    private static readonly string[] Unread =
    [
        ".7z",
        ".rar",
        ".tar.xz",
        ".txz",
        ".tar.bz2",
        ".tbz2",
        ".tbz",
        ".tar.zst",
        ".tzst",
        ".tar.lz4",
        ".tar.z",
        ".xz",
        ".bz2",
        ".zst",
        ".lz4",
        ".gz",
    ];

    private static readonly (byte[] Bytes, int At, string Name)[] Signs =
    [
        ("PK\u0003\u0004"u8.ToArray(), 0, ".zip"),
        ("PK\u0005\u0006"u8.ToArray(), 0, ".zip"),
        ([0x1F, 0x8B], 0, ".tar.gz"),
        ("ustar"u8.ToArray(), 257, ".tar"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0, ".7z"),
        ("Rar!\u001a\u0007"u8.ToArray(), 0, ".rar"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], 0, ".tar.xz"),
        ("BZh"u8.ToArray(), 0, ".tar.bz2"),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, ".tar.zst"),
        ([0x04, 0x22, 0x4D, 0x18], 0, ".tar.lz4"),
    ];

    /// <summary>Whether a path is an archive that is read.</summary>
    /// <exception cref="CounterpoiseException">It is an archive of another kind, or is named like one and something else.</exception>
    internal static bool IsRead(string data)
    {
        if (!File.Exists(data))
        {
            return false;
        }

        if (Read.FirstOrDefault(ending => HasEnding(data, ending)) is { } said)
        {
            RequireContent(data, said);
            return true;
        }

        return Unread.FirstOrDefault(ending => HasEnding(data, ending)) is { } other
            ? throw new CounterpoiseException(
                $"{data}: found a file packed as {other}, expected one of {string.Join(", ", Read)}; {UnpackAdvice}."
            )
            : false;
    }

    /// <summary>Whether an archive is a .zip, rather than a tar.</summary>
    internal static bool IsZip(string file) => KindOf(file, StartOf(file)) == ".zip";

    /// <summary>Whether a tar is packed as a whole.</summary>
    internal static bool IsPacked(string file) => KindOf(file, StartOf(file)) == ".tar.gz";

    /// <summary>The archive's name without its ending.</summary>
    internal static string NameOf(string file)
    {
        string name = Path.GetFileName(file);
        string ending = Read.First(ending => HasEnding(file, ending));
        return name.Length > ending.Length ? name[..^ending.Length] : "archive";
    }

    private static bool HasEnding(string file, string ending) =>
        file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a file is: many are named wrongly, so its content says it; its ending where that says nothing, as before TAR had a sign.</summary>
    private static string KindOf(string file, byte[] start) =>
        Signs.FirstOrDefault(kind => start.AsSpan(Math.Min(kind.At, start.Length)).StartsWith(kind.Bytes)).Name
        ?? (
            HasEnding(file, ".zip") ? ".zip"
            : HasEnding(file, ".tar") ? ".tar"
            : ".tar.gz"
        );

    private static void RequireContent(string file, string ending)
    {
        byte[] start = StartOf(file);
        if (KindOf(file, start) is var found && !Read.Contains(found))
        {
            throw new CounterpoiseException(
                $"{file}: is named {ending} and begins like a {found}, expected one of {string.Join(", ", Read)}; {UnpackAdvice}."
            );
        }

        string text = System.Text.Encoding.ASCII.GetString(start).TrimStart('?', ' ', '\t', '\r', '\n');
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            throw new CounterpoiseException(
                $"{file}: is a pointer of Git LFS, expected the archive; fetch it with 'git lfs pull'."
            );
        }

        if (
            text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new CounterpoiseException(
                $"{file}: is a web page, expected an archive: the download asked for something or failed; fetch it again in a browser."
            );
        }
    }

    private static byte[] StartOf(string file)
    {
        try
        {
            using FileStream content = File.OpenRead(file);
            byte[] start = new byte[StartBytes];
            return start[..content.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
    }
}
