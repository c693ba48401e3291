using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runs;

/// <summary>The making of a run folder, which is undone when it fails.</summary>
internal sealed class FolderCreation(string path) : IDisposable
{
    private static readonly string[] Subfolders = [RunFiles.Checkpoints, RunFiles.Figures];

    private readonly string? firstNew = FirstNew(path);
    private FolderLock? writing;
    private bool started;
    private bool completed;

    /// <summary>Makes and locks the folder.</summary>
    /// <exception cref="CounterpoiseException">It holds something, is being written, or cannot be made.</exception>
    internal FolderLock TakeEmptyFolder()
    {
        try
        {
            RequireEmpty();
            Directory.CreateDirectory(path);
            writing = FolderLock.Take(path);

            // Another process may have made a run here since.
            RequireEmpty();
            started = true;
            foreach (string folder in Subfolders)
            {
                Directory.CreateDirectory(Path.Combine(path, folder));
            }

            return writing;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(path, failure);
        }
    }

    internal void Complete() => completed = true;

    /// <summary>Removes what was made, unless the creation was completed.</summary>
    public void Dispose()
    {
        if (completed)
        {
            return;
        }

        try
        {
            if (started)
            {
                RemoveContent();
            }

            writing?.Dispose();
            RemoveNewFolders();
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            // The failure that brought us here matters more; leftovers do not keep the next run from this folder.
        }
    }

    /// <summary>A folder counts as empty when it holds only what a killed creation leaves, which starts with the lock.</summary>
    private void RequireEmpty()
    {
        if (File.Exists(path))
        {
            throw new CounterpoiseException($"{path}: is a file, expected a folder. Choose another {Named("output")}.");
        }

        if (!Directory.Exists(path))
        {
            return;
        }

        bool wasBegun = File.Exists(Path.Combine(path, FolderLock.LockFile));
        string? other = Directory
            .EnumerateFileSystemEntries(path)
            .Select(entry => Path.GetFileName(entry))
            .FirstOrDefault(name => !(wasBegun && IsLeftover(name)));
        if (other is not null)
        {
            throw new CounterpoiseException(
                other == RunFiles.Description
                    ? $"{path}: holds a run already. Resume it, delete the folder, or choose another {Named("output")}."
                    : $"{path}: is not empty (it holds '{other}'), expected a new or empty folder. Choose another {Named("output")}."
            );
        }
    }

    private bool IsLeftover(string name) =>
        name is FolderLock.LockFile or FolderLock.OwnerFile or RunFiles.Recipe
        || (Subfolders.Contains(name) && !Directory.EnumerateFileSystemEntries(Path.Combine(path, name)).Any())
        || name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);

    private void RemoveContent()
    {
        foreach (string folder in Subfolders.Select(name => Path.Combine(path, name)).Where(Directory.Exists))
        {
            Directory.Delete(folder);
        }

        AtomicFile.DeleteStale(path);
        File.Delete(Path.Combine(path, RunFiles.Recipe));
        FolderLock.Delete(path);
    }

    /// <summary>Deletes the folders that did not exist before, innermost first, as far as they are empty.</summary>
    private void RemoveNewFolders()
    {
        for (string? folder = Path.GetFullPath(path); folder is not null && firstNew is not null; )
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            if (folder == firstNew)
            {
                return;
            }

            folder = Path.GetDirectoryName(folder);
        }
    }

    private static string? FirstNew(string path)
    {
        string? first = null;
        for (string? at = Path.GetFullPath(path); at is not null && !Path.Exists(at); at = Path.GetDirectoryName(at))
        {
            first = at;
        }

        return first;
    }
}
