using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Counterpoise.Basics;

namespace Counterpoise.Data.Files;

/// <summary>What was found or made of an entry.</summary>
/// <param name="LeftOut">What of the data is not in it.</param>
/// <param name="Notes">What the user must be told, such as that it was made anew.</param>
internal sealed record CacheContent(IReadOnlyList<LeftOut> LeftOut, IReadOnlyList<string> Notes);

/// <summary>A file or folder that is made once of data and kept; every process sees it whole or not at all.</summary>
/// <remarks>
/// It is made under a name of its own and renamed; then a marker is written that says how many files it has. Where the
/// marker is missing, or says another number, something went wrong and it is made anew. Who makes it holds a lock, which
/// others wait for; so what a killed process left can be told from what another one is at work on.
/// </remarks>
/// <param name="path">The file or folder.</param>
/// <param name="records">The folder that holds lock and marker, and the entry while it is made; on the same disk.</param>
/// <param name="advice">What to do where that cannot be written: a sentence.</param>
internal sealed class CacheEntry(string path, string records, string advice)
{
    private const int HashedBytes = 64 << 10;
    private const string LockEnding = ".lock";
    private const string MarkerEnding = ".whole";
    private const string TemporaryEnding = ".part";
    private readonly string name = Path.GetFileName(path);

    private string Marker => Path.Combine(records, name + MarkerEnding);

    /// <summary>Whether nobody but this class has anything to do there, so that it may replace the entry.</summary>
    private bool IsHidden => Path.GetDirectoryName(path) == records;

    /// <summary>What tells a file from another in its place, also from one of the same length and time: the hash of its first and last bytes,
    /// as archives and Parquet files end with what they say of their content, and with checksums of it.</summary>
    /// <exception cref="CounterpoiseException">It cannot be read.</exception>
    internal static string IdentityOf(string file)
    {
        try
        {
            using FileStream content = File.OpenRead(file);
            byte[] ends = new byte[Math.Min(content.Length, 2 * HashedBytes)];
            int first = Math.Min(ends.Length, HashedBytes);
            content.ReadExactly(ends.AsSpan(0, first));
            content.Seek(first - ends.Length, SeekOrigin.End);
            content.ReadExactly(ends.AsSpan(first));
            return $"{content.Length} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexStringLower(SHA256.HashData(ends))}";
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
    }

    /// <summary>A short name for all that an entry depends on.</summary>
    internal static string Digits(string identity) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16];

    /// <summary>Makes the entry, unless it is there and whole.</summary>
    /// <param name="make">Writes it to another path, and says what is left out of it.</param>
    /// <param name="messages">Receives that another process is waited for.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="CounterpoiseException">It cannot be written.</exception>
    internal CacheContent Require(
        Func<string, IReadOnlyList<LeftOut>> make,
        IProgress<string>? messages,
        CancellationToken stop = default
    )
    {
        if (Whole() is { } before)
        {
            return before;
        }

        Folders.Make(records, advice);
        using IDisposable held = Lock(messages, stop);
        if (Whole() is { } meanwhile)
        {
            return meanwhile;
        }

        foreach (string left in Directory.GetFileSystemEntries(records).Where(IsTemporary))
        {
            Remove(left);
        }

        string temporary = Path.Combine(records, $"{name}.{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            IReadOnlyList<LeftOut> leftOut = make(temporary);
            return Place(temporary, leftOut);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private CacheContent Place(string made, IReadOnlyList<LeftOut> leftOut)
    {
        int files = Count(made);
        List<string> notes = [];
        if (!Path.Exists(path))
        {
            Move(made);
        }
        else if (IsHidden)
        {
            notes.Add($"{path}: {Fault()}, so it was made anew.");
            File.Delete(Marker);
            Remove(path);
            Move(made);
        }
        else if (Count(path) != files)
        {
            throw new CounterpoiseException(
                $"{path}: found {Count(path)} files, expected the {files} that it would be made with; move it away or remove it, then run again."
            );
        }

        var record = new Record(files, leftOut);
        AtomicFile.WriteText(Marker, JsonSerializer.Serialize(record, JsonFormat.OneLine));
        return new CacheContent(leftOut, notes);
    }

    /// <summary>The entry, if it is there with its marker and as many files as that says.</summary>
    private CacheContent? Whole() =>
        ReadMarker() is { } record && Path.Exists(path) && Count(path) == record.Files
            ? new CacheContent(record.LeftOut, [])
            : null;

    private string Fault() =>
        ReadMarker() is { } record
            ? $"found {Count(path)} files, expected the {record.Files} that it was made with"
            : "it was not made to its end, or by an earlier version";

    private Record? ReadMarker()
    {
        try
        {
            return File.Exists(Marker)
                ? JsonSerializer.Deserialize<Record>(File.ReadAllBytes(Marker), JsonFormat.OneLine)
                : null;
        }
        catch (JsonException)
        {
            return null; // As good as none.
        }
    }

    private IDisposable Lock(IProgress<string>? messages, CancellationToken stop)
    {
        try
        {
            return CacheLock.Take(
                Path.Combine(records, name + LockEnding),
                () => messages?.Report($"{path}: another process is making it; waiting until it is there."),
                stop
            );
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw new CounterpoiseException($"{records}: cannot be written: {failure.Message} {advice}", failure);
        }
    }

    private bool IsTemporary(string entry)
    {
        string file = Path.GetFileName(entry);
        return file.StartsWith(name + '.', StringComparison.Ordinal)
            && $"{file}.".Contains($"{TemporaryEnding}.", StringComparison.Ordinal);
    }

    private void Move(string made)
    {
        if (Directory.Exists(made))
        {
            Directory.Move(made, path);
        }
        else
        {
            File.Move(made, path);
        }
    }

    /// <summary>How many files are there, without those that are kept of the data in turn.</summary>
    private static int Count(string path)
    {
        if (!Directory.Exists(path))
        {
            return 1;
        }

        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        var folder = new DirectoryInfo(path);
        return folder.EnumerateFiles("*", options).Count()
            + folder
                .EnumerateDirectories("*", options)
                .Where(below => below.Name != CacheFolder.Name && below.LinkTarget is null)
                .Sum(below => Count(below.FullName));
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    /// <summary>What the marker says.</summary>
    private sealed record Record(int Files, IReadOnlyList<LeftOut> LeftOut);
}
