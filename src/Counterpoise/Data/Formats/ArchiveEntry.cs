namespace Counterpoise.Data.Formats;

/// <summary>What an entry of an archive is.</summary>
internal enum ArchiveEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A name that leads to another path, seen from its own folder.</summary>
    SymbolicLink,

    /// <summary>Another name of a file that is named from the archive's top.</summary>
    HardLink,

    /// <summary>A device or a pipe.</summary>
    Device,

    /// <summary>What no data set consists of: a file with holes, a part of several volumes.</summary>
    Unread,
}

/// <summary>An entry of an archive.</summary>
/// <param name="Name">Its path in the archive, with slashes, as the archive has it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">The length of its content, in bytes.</param>
/// <param name="Target">Where a link leads; empty for anything else.</param>
/// <param name="CopyTo">Writes its content; only before the next entry is asked for.</param>
internal sealed record ArchiveEntry(
    string Name,
    ArchiveEntryKind Kind,
    long Length,
    string Target,
    Action<Stream> CopyTo
);
