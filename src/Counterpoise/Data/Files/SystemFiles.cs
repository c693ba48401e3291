namespace Counterpoise.Data.Files;

/// <summary>What operating systems, network drives and editors leave beside images: no data of anybody's.</summary>
internal static class SystemFiles
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir",
        "#recycle",
        "#snapshot",
        "$RECYCLE.BIN",
        "@Recycle",
        "@Recently-Snapshot",
        "@__thumb",
        ".@__thumb",
        "found.000",
        "_gsdata_",
        "RECYCLER",
        "System Volume Information",
        "lost+found",
        "__MACOSX",
        ".ipynb_checkpoints",
        "__pycache__",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "Icon\r",
    };

    /// <summary>Whether a file or folder is none of the user's.</summary>
    internal static bool Are(string name) => Names.Contains(name) || name.StartsWith("._", StringComparison.Ordinal);
}
