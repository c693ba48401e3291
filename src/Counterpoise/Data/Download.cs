using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Counterpoise.Data;

/// <summary>A data set's official archive.</summary>
/// <param name="Name">How it is named on the command line.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Md5">The checksum that is published for it, 32 lower-case hexadecimal digits.</param>
public sealed record Download(string Name, Uri Address, string Md5)
{
    private const string PartSuffix = ".part";
    private const int BufferBytes = 1 << 20;
    private const long MostUnpackedBytes = 2L << 30;

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
        new(
            "tiny-imagenet",
            new Uri("https://cs231n.stanford.edu/tiny-imagenet-200.zip"),
            "90528d7ca1a48142e341f4ef8d21d0de"
        ),
    ];

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
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            string part = file + PartSuffix;
            try
            {
                FetchInto(part, progress, stop).GetAwaiter().GetResult();
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                throw new CounterpoiseException(
                    $"{Address}: could not be fetched: {failure.Message} What was fetched is kept and the same command goes on; "
                        + $"or download it by hand and put it at {file}.",
                    failure
                );
            }

            File.Move(part, file);
        }

        RequireChecksum(file);
        return Path.GetExtension(file) == ".zip" ? Unpack(file, folder) : file;
    }

    private async Task FetchInto(string part, IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        using var client = new HttpClient();
        await using FileStream target = new(part, FileMode.OpenOrCreate, FileAccess.Write);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
        }

        using HttpResponseMessage response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            stop
        );
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return; // All of it is there already; the checksum will tell.
        }

        response.EnsureSuccessStatusCode();
        if (response.StatusCode != HttpStatusCode.PartialContent)
        {
            target.SetLength(0); // The server sends the whole again.
        }

        target.Position = target.Length;
        long total = response.Content.Headers.ContentLength is { } left ? target.Position + left : 0;
        await using Stream source = await response.Content.ReadAsStreamAsync(stop);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await source.ReadAsync(buffer, stop)) > 0; )
        {
            await target.WriteAsync(buffer.AsMemory(0, read), stop);
            progress?.Report((target.Position, total));
        }

        if (total > 0 && target.Position != total)
        {
            throw new IOException($"the connection ended after {target.Position} of {total} bytes.");
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

    /// <summary>Unpacks into a folder named like the archive; paths that lead elsewhere and huge contents are refused.</summary>
    private static string Unpack(string file, string folder)
    {
        string target = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
        if (Directory.Exists(target))
        {
            return target;
        }

        string unpacking = target + PartSuffix;
        if (Directory.Exists(unpacking))
        {
            Directory.Delete(unpacking, recursive: true);
        }

        using ZipArchive archive = ZipFile.OpenRead(file);
        long bytes = archive.Entries.Sum(entry => entry.Length);
        if (bytes > MostUnpackedBytes)
        {
            throw new CounterpoiseException(
                $"{file}: would take {bytes / 1e9:F1} GB unpacked, expected at most {MostUnpackedBytes / 1e9:F1} GB; fetch it again."
            );
        }

        try
        {
            archive.ExtractToDirectory(unpacking);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            throw new CounterpoiseException($"{file}: could not be unpacked: {failure.Message}", failure);
        }

        string inside = Path.Combine(unpacking, Path.GetFileName(target));
        Directory.Move(Directory.Exists(inside) ? inside : unpacking, target);
        if (Directory.Exists(unpacking))
        {
            Directory.Delete(unpacking, recursive: true);
        }

        return target;
    }
}
