using Counterpoise.Basics;

namespace Counterpoise.Data.Files;

/// <summary>The right to make something that is kept beside the data; one process has it at a time, others wait.</summary>
/// <remarks>
/// The right is an open, locked file, so it ends with the process however that dies. The file stays: the lock of one that
/// was deleted and made anew would not exclude who opened the old one.
/// </remarks>
internal static class CacheLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes the lock, which ends when the result is disposed of.</summary>
    /// <param name="file">The lock's file, whose folder exists.</param>
    /// <param name="waiting">Called once where another process has it.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    internal static IDisposable Take(string file, Action waiting, CancellationToken stop)
    {
        for (bool isTold = false; ; isTold = true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure) when (FileFailure.IsHeldElsewhere(failure))
            {
                if (!isTold)
                {
                    waiting();
                }

                stop.WaitHandle.WaitOne(Pause);
                stop.ThrowIfCancellationRequested();
            }
        }
    }
}
