using System.Net;
using System.Net.Http.Headers;

namespace Counterpoise.Data.Downloads;

/// <summary>
/// Fetches a file over HTTP into a .part file beside it, which gets the file's name once it is whole. A later transfer
/// goes on where one was broken off, unless the server has another version by then.
/// </summary>
internal sealed class ResumableTransfer
{
    private const int BufferBytes = 1 << 20;
    private readonly Uri address;
    private readonly string file;
    private readonly string part;
    private readonly string version;

    /// <summary>A transfer from <paramref name="address"/> to <paramref name="file"/>, whose folder exists.</summary>
    public ResumableTransfer(Uri address, string file)
    {
        this.address = address;
        this.file = file;
        part = file + ".part";
        version = part + ".version";
    }

    /// <summary>How long the server may be silent.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>What the request says of the user; null for nothing. It does not follow where the server redirects to.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Fetches what is missing.</summary>
    /// <param name="progress">Receives how many bytes are there out of how many; 0 where that is unknown.</param>
    /// <param name="stop">Stops; what was fetched stays for the next transfer.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    /// <exception cref="IOException">The transfer was broken off, or the file cannot be written.</exception>
    public async Task Run(IProgress<(long Done, long Total)>? progress, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await using FileStream target = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            await Fetch(target, progress, patience);
        }
        catch (OperationCanceledException silence) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"the server was silent for {Patience.TotalSeconds:0} seconds.", silence);
        }

        File.Move(part, file);
        File.Delete(version);
    }

    private async Task Fetch(
        FileStream target,
        IProgress<(long Done, long Total)>? progress,
        CancellationTokenSource patience
    )
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using HttpRequestMessage request = Request(target.Length);
        using HttpResponseMessage response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            patience.Token
        );
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && target.Length > 0)
        {
            return; // All of it is there already; the checksum will tell.
        }

        response.EnsureSuccessStatusCode();
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent;
        if (goesOn && response.Content.Headers.ContentRange?.From != target.Length)
        {
            throw new IOException($"the server sent another part of the file than that from byte {target.Length} on.");
        }

        if (!goesOn)
        {
            target.SetLength(0); // The server sends the whole, perhaps of another version.
            await File.WriteAllTextAsync(version, VersionOf(response), patience.Token);
        }

        target.Position = target.Length;
        long total = response.Content.Headers.ContentLength is { } left ? target.Position + left : 0;
        await using Stream source = await response.Content.ReadAsStreamAsync(patience.Token);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await source.ReadAsync(buffer, patience.Token)) > 0; )
        {
            patience.CancelAfter(Patience);
            await target.WriteAsync(buffer.AsMemory(0, read), patience.Token);
            progress?.Report((target.Position, total));
        }

        if (total > 0 && target.Position != total)
        {
            throw new IOException($"the connection ended after {target.Position} of {total} bytes.");
        }
    }

    private HttpRequestMessage Request(long have)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = Authorization;
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            string known = File.Exists(version) ? File.ReadAllText(version) : "";
            request.Headers.IfRange = RangeConditionHeaderValue.TryParse(known, out RangeConditionHeaderValue? same)
                ? same
                : null;
        }

        return request;
    }

    /// <summary>What names the version that the server has; empty where it says nothing that a range may depend on.</summary>
    private static string VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.ToString()
        : response.Content.Headers.LastModified is { } modified ? modified.ToString("R")
        : "";
}
