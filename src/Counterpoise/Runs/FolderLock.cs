using System.Diagnostics;
using System.Globalization;
using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runs;

/// <summary>The right to write into a run folder; one process has it at a time.</summary>
/// <remarks>
/// The right is an open, locked file, so it ends with the process however that dies. Nobody can read a locked file, so
/// the writer's process number stands in a second one. Giving the lock back leaves both files: the lock of a file that
/// was deleted and made anew would not exclude who opened the old one.
/// </remarks>
internal sealed class FolderLock : IDisposable
{
    internal const string LockFile = ".lock";
    internal const string OwnerFile = ".lock-owner";

    /// <summary>Looking whether a lock is held takes a shared one for an instant; a writer waits that long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly FileStream held;

    private FolderLock(FileStream held) => this.held = held;

    /// <summary>Takes the lock of <paramref name="folder"/>, which must exist.</summary>
    /// <exception cref="CounterpoiseException">Another writer has it, or the folder cannot be written.</exception>
    internal static FolderLock Take(string folder)
    {
        string lockFile = Path.Combine(folder, LockFile);
        bool isNew = !File.Exists(lockFile);
        FileStream? file = null;
        try
        {
            file = Open(lockFile);
            File.WriteAllText(Path.Combine(folder, OwnerFile), Text(Environment.ProcessId));
            return new FolderLock(file);
        }
        catch (IOException failure) when (file is null && FileFailure.IsHeldElsewhere(failure))
        {
            throw new CounterpoiseException(
                $"{folder}: is being written by {Owner(folder)}. Wait for it or choose another {Named("output")}.",
                failure
            );
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            if (file is not null && isNew)
            {
                Delete(folder);
            }

            file?.Dispose();
            throw FileFailure.Writing(folder, failure);
        }
    }

    /// <summary>Whether a writer has the lock of <paramref name="folder"/>; false where that cannot be seen.</summary>
    internal static bool IsHeld(string folder)
    {
        try
        {
            using var seen = new FileStream(
                Path.Combine(folder, LockFile),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            return false;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            return failure is IOException io && FileFailure.IsHeldElsewhere(io);
        }
    }

    /// <summary>Deletes the files of a lock that the caller holds, when making the folder failed.</summary>
    internal static void Delete(string folder)
    {
        File.Delete(Path.Combine(folder, OwnerFile));
        File.Delete(Path.Combine(folder, LockFile));
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => held.Dispose();

    private static FileStream Open(string lockFile)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure)
                when (FileFailure.IsHeldElsewhere(failure) && Stopwatch.GetElapsedTime(start) < Patience)
            {
                Thread.Sleep(1);
            }
        }
    }

    private static string Text(int process) => process.ToString(CultureInfo.InvariantCulture);

    private static string Owner(string folder)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, OwnerFile)).Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? $"process {process}"
                : "another process";
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            return "another process";
        }
    }
}
