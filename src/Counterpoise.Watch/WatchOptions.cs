using System.Net;
using Counterpoise.Basics;

namespace Counterpoise.Watch;

/// <summary>What is watched, and where the page is served.</summary>
public sealed record WatchOptions
{
    /// <summary>The fewest characters of a token.</summary>
    public const int ShortestToken = 16;

    /// <summary>The folder that holds run folders, up to two folders deeper; or a run folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The IP address to listen on, or <c>localhost</c>. All but this machine's own need a token.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 takes any that is free.</summary>
    public int Port { get; init; } = 5077;

    /// <summary>What every request must bring, or null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Checks the options.</summary>
    /// <returns>The address to listen on.</returns>
    /// <exception cref="UsageException">One is out of its range, or another machine could look without a token.</exception>
    internal IPAddress Check()
    {
        if (!Directory.Exists(Folder))
        {
            throw new UsageException($"{Folder} is not a folder; name one that holds run folders, or train first.");
        }

        if (Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new UsageException($"--port is {Port}, expected 0 to {IPEndPoint.MaxPort}; 0 takes any free port.");
        }

        if (Token is { Length: < ShortestToken })
        {
            throw new UsageException(
                $"--token has {Token.Length} characters, expected at least {ShortestToken}; 'openssl rand -hex 16' makes one."
            );
        }

        string host = Host == "localhost" ? "127.0.0.1" : Host;
        if (!IPAddress.TryParse(host, out IPAddress? address))
        {
            throw new UsageException(
                $"--host is '{Host}', expected localhost or an IP address such as 127.0.0.1 or 0.0.0.0."
            );
        }

        return IPAddress.IsLoopback(address) || Token is not null
            ? address
            : throw new UsageException(
                $"--host is {Host}, which other machines can reach; give --token a secret as well, or leave out --host."
            );
    }
}
