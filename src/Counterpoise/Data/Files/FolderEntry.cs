using System.IO.Enumeration;

namespace Counterpoise.Data.Files;

/// <summary>A file or folder within a folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its whole path.</param>
/// <param name="IsFolder">Whether it is a folder, or a link to one.</param>
/// <param name="IsLink">Whether it is a link.</param>
/// <param name="IsHidden">Whether the system hides it.</param>
internal readonly record struct FolderEntry(string Name, string Path, bool IsFolder, bool IsLink, bool IsHidden)
{
    private const char NotUtf8 = '\uFFFD';

    /// <summary>Whether its name has bytes that are no UTF-8, so that it cannot be opened by it.</summary>
    internal bool IsMisnamed => Name.Contains(NotUtf8, StringComparison.Ordinal);

    /// <summary>Whether it is a link to nothing.</summary>
    internal bool IsBroken
    {
        get
        {
            try
            {
                return IsLink
                    && !IsFolder
                    && new FileInfo(Path).ResolveLinkTarget(returnFinalTarget: true) is not { Exists: true };
            }
            catch (IOException)
            {
                return true; // It leads to itself.
            }
        }
    }

    /// <summary>The entries of a folder in the order of the system.</summary>
    internal static IEnumerable<FolderEntry> In(string folder) =>
        new FileSystemEnumerable<FolderEntry>(
            folder,
            (ref entry) =>
                new FolderEntry(
                    entry.FileName.ToString(),
                    entry.ToSpecifiedFullPath(),
                    entry.IsDirectory,
                    entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
                    entry.IsHidden
                ),
            new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false }
        );

    /// <summary>The entries of a folder so that files below it, folder by folder, are in ordinal order of their paths.</summary>
    internal static FolderEntry[] Ordered(string folder) =>
        [.. In(folder).OrderBy(entry => entry.IsFolder ? entry.Name + '/' : entry.Name, StringComparer.Ordinal)];
}
