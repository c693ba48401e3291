using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Counterpoise.Basics;

namespace Counterpoise.Data.Downloads;

/// <summary>A large file of a repository on the Hugging Face hub, which says length and SHA-256 before another server sends it.</summary>
/// <param name="access">The server.</param>
/// <param name="repository">Such as <c>timm/resnet50.tv_in1k</c>.</param>
/// <param name="name">The file's name in it.</param>
internal sealed class HubFile(HubAccess access, string repository, string name)
{
    private const string DigestHeader = "X-Linked-Etag";
    private const string LengthHeader = "X-Linked-Size";
    private const int MostRedirects = 10;

    /// <summary>What to do where it cannot be fetched: a sentence.</summary>
    internal required string Advice { get; init; }

    /// <summary>How long a server may be silent before the transfer counts as broken off.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where it is.</summary>
    internal Uri Address => access.AddressOf(repository, name);

    /// <summary>Whether a text is a SHA-256 as it is written here: 64 lower-case hexadecimal digits.</summary>
    internal static bool IsDigest(string text) =>
        text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Fetches the file, going on where an earlier call was broken off.</summary>
    /// <param name="folder">Where to: a folder that is there. The file is named by its SHA-256 and has the ending of its name.</param>
    /// <param name="stop">Stops; what was fetched stays for the next call.</param>
    /// <returns>The file, which is whole.</returns>
    /// <exception cref="CounterpoiseException">The server cannot be reached or refuses, or the content is not what it said.</exception>
    internal string Fetch(string folder, CancellationToken stop)
    {
        try
        {
            return FetchInto(folder, stop).GetAwaiter().GetResult();
        }
        catch (HttpRequestException failure)
        {
            throw Failure(Reason(failure), failure);
        }
        catch (IOException failure)
        {
            throw Failure(
                $"{OneLine(failure.Message)}; what was fetched is kept, and the same command goes on",
                failure
            );
        }
    }

    private async Task<string> FetchInto(string folder, CancellationToken stop)
    {
        (Uri from, string digest, long? length) = await Ask(stop);
        string fetched = Path.Combine(folder, digest + ".fetched");
        if (!File.Exists(fetched))
        {
            var transfer = new ResumableTransfer(from, fetched)
            {
                Patience = Patience,
                Authorization = access.AuthorizationFor(from),
            };
            await transfer.Run(progress: null, stop);
        }

        RequireSame(fetched, digest, length);
        string file = Path.Combine(folder, digest + Path.GetExtension(name));
        File.Move(fetched, file, overwrite: true);
        return file;
    }

    /// <summary>Asks for the headers of the file, which come with the redirection to the server that has it.</summary>
    private async Task<(Uri From, string Digest, long? Length)> Ask(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            Uri address = Address;
            for (int i = 0; i < MostRedirects; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Head, address);
                request.Headers.Authorization = access.AuthorizationFor(address);
                using HttpResponseMessage answer = await client.SendAsync(request, patience.Token);
                Uri? next =
                    IsRedirect(answer.StatusCode) && answer.Headers.Location is { } location
                        ? new Uri(address, location)
                        : null;
                if (next is null)
                {
                    answer.EnsureSuccessStatusCode();
                }

                if (Header(answer, DigestHeader)?.Trim('"').ToLowerInvariant() is { } digest && IsDigest(digest))
                {
                    bool isTold = long.TryParse(
                        Header(answer, LengthHeader),
                        CultureInfo.InvariantCulture,
                        out long length
                    );
                    return (next ?? address, digest, isTold ? length : null);
                }

                address =
                    next is not null && access.Holds(next)
                        ? next // A repository that was renamed.
                        : throw new HttpRequestException(
                            $"the server does not say the file's SHA-256 ({DigestHeader})"
                        );
            }

            throw new HttpRequestException($"it was redirected more than {MostRedirects} times");
        }
        catch (OperationCanceledException silence) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException($"the server was silent for {Patience.TotalSeconds:0} seconds", silence);
        }
    }

    private void RequireSame(string fetched, string digest, long? length)
    {
        string found;
        long bytes;
        using (FileStream content = File.OpenRead(fetched))
        {
            bytes = content.Length;
            found = Convert.ToHexStringLower(SHA256.HashData(content));
        }

        if (found != digest || (length ?? bytes) != bytes)
        {
            File.Delete(fetched);
            throw Failure(
                $"{bytes} bytes came with the SHA-256 {found}, expected {length?.ToString(CultureInfo.InvariantCulture) ?? "as many"} with {digest}, as the server said; they were removed, and the same command fetches it again"
            );
        }
    }

    private CounterpoiseException Failure(string reason, Exception? failure = null) =>
        new($"{Address}: could not be fetched: {reason}. {Advice}", failure);

    private string Reason(HttpRequestException failure) =>
        failure.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when access.HasToken =>
                $"it answered {(int)failure.StatusCode}: there is no such repository, or the token of {HubAccess.TokenVariable} does not open it",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                $"it answered {(int)failure.StatusCode}: there is no such repository, or it needs a token, which is taken from {HubAccess.TokenVariable}",
            HttpStatusCode.NotFound => $"it answered 404: there is no such repository, or it has no {name}",
            _ => OneLine(failure.Message),
        };

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
