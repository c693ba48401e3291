using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;

namespace Counterpoise.Data.Downloads;

/// <summary>A data set's official archive.</summary>
/// <param name="Name">How it is named on the command line.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Md5">The checksum that is published for it, 32 lower-case hexadecimal digits.</param>
internal sealed record Download(string Name, Uri Address, string Md5)
{
    /// <summary>The archives that can be fetched.</summary>
    public static IReadOnlyList<Download> All { get; } =
    [
        new(
            "cifar10",
            new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
            "c32a1d4ab5d03f1284b67883e8d87530"
        ),
        new(
            "cifar100",
            new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
            "03b5dce01913d631647c71ecec9e9cb8"
        ),
        // No checksum is published for this one; it is what public code that loads the set checks.
        new(
            "tiny-imagenet",
            new Uri("https://cs231n.stanford.edu/tiny-imagenet-200.zip"),
            "90528d7ca1a48142e341f4ef8d21d0de"
        ),
    ];

    /// <summary>How long a server may be silent before the transfer counts as broken off.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Receives what is told while it lasts, such as that another process is waited for.</summary>
    internal IProgress<string>? Messages { get; init; }

    /// <summary>The archive of a name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static Download Find(string name) =>
        All.FirstOrDefault(download => download.Name == name)
        ?? throw new UsageException(
            $"data set '{name}' cannot be downloaded; {Nearest.Hint(name, [.. All.Select(download => download.Name)])}"
        );

    private string FileName => Path.GetFileName(Address.LocalPath);

    /// <summary>Fetches the archive, going on where an earlier call was broken off, and unpacks a .zip.</summary>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    /// <param name="progress">Receives how many bytes are there out of how many; 0 where that is unknown.</param>
    /// <param name="stop">Stops; what was fetched stays for the next call.</param>
    /// <returns>What <c>--data</c> takes.</returns>
    /// <exception cref="CounterpoiseException">The server cannot be reached or answers otherwise, or the content is not what was published.</exception>
    public string Fetch(string folder, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            string records = CacheFolder.PathIn(folder, "");
            Directory.CreateDirectory(records);
            using (Lock(Path.Combine(records, $"{FileName}.lock"), file, stop))
            {
                if (!File.Exists(file))
                {
                    FetchInto(file, progress, stop);
                }

                RequireChecksum(file);
            }

            return Path.GetExtension(file) == ".zip" ? Unpack(file, folder, stop) : file;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(file, failure);
        }
    }

    /// <summary>Two transfers into one file would write over each other, and the second one finds the file there.</summary>
    private IDisposable Lock(string lockFile, string file, CancellationToken stop) =>
        CacheLock.Take(
            lockFile,
            () => Messages?.Report($"{file}: another process is fetching it; waiting until it is there."),
            stop
        );

    /// <summary>Unpacks an archive beside itself, into a folder that bears its name.</summary>
    private string Unpack(string file, string folder, CancellationToken stop)
    {
        string target = Path.Combine(folder, ArchiveKind.NameOf(file));
        string records = CacheFolder.PathIn(folder, "");
        var entry = new CacheEntry(target, records, $"Choose another folder, or unpack {file} by hand.");
        entry.Require(temporary => ArchiveUnpacking.Unpack(file, temporary), Messages, stop);
        return target;
    }

    private void FetchInto(string file, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        var transfer = new ResumableTransfer(Address, file) { Patience = Patience };
        try
        {
            transfer.Run(progress, stop).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new CounterpoiseException(
                $"{Address}: could not be fetched: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}. What was fetched is kept and the same command goes on; "
                    + $"or download it by hand and put it at {file}.",
                failure
            );
        }
    }

    private void RequireChecksum(string file)
    {
        using FileStream content = File.OpenRead(file);

        // The publishers give this checksum. It guards against damage; what guards against forgery is HTTPS.
#pragma warning disable CA5351
        string found = Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
        if (found != Md5)
        {
            content.Dispose();
            File.Move(file, file + ".damaged", overwrite: true);
            throw new CounterpoiseException(
                $"{file}: has the MD5 {found}, expected {Md5}; it was moved to {file}.damaged. Fetch it again."
            );
        }
    }
}
