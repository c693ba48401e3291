using System.Text;

namespace Counterpoise.Basics;

/// <summary>Writes files whole or not at all: a reader sees the old content or the new, never a part.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder (suffix <see cref="TemporarySuffix"/>), is flushed to the
/// disk, and is then renamed over the target. A process that is killed meanwhile leaves only the temporary file, which
/// readers ignore.
/// </remarks>
internal static class AtomicFile
{
    /// <summary>The end of every temporary file's name.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content into a stream that starts empty and can seek.</param>
    /// <exception cref="CounterpoiseException">
    /// The file could not be written (full disk, no permission, no such folder). The old file, if any, is untouched.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure)
        {
            DeleteQuietly(temporary);
            if (FileFailure.IsFromFiles(failure))
            {
                throw FileFailure.Writing(path, failure);
            }

            throw;
        }
    }

    /// <summary>Writes a text file in UTF-8 without a byte-order mark.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="text">The whole content; line ends are written as they are.</param>
    /// <exception cref="CounterpoiseException">The file could not be written; the old file, if any, is untouched.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Deletes the temporary files that killed processes left in <paramref name="folder"/>.</summary>
    /// <remarks>Only for the one process that may write there: another's temporary files look the same.</remarks>
    internal static void DeleteStale(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*" + TemporarySuffix))
        {
            DeleteQuietly(file);
        }
    }

    private static void DeleteQuietly(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            // The failure that brought us here matters more, and readers ignore what is left.
        }
    }
}
