using System.Net;
using Counterpoise.Basics;
using Counterpoise.Http;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Watch;

/// <summary>What is watched, and where the page is served.</summary>
public sealed record WatchOptions
{
    /// <summary>The fewest characters of a token.</summary>
    public const int ShortestToken = Secret.Shortest;

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

        return Listening.Check(Host, Port, Token, Named("token"), $"{Named("token")} a secret as well");
    }
}
