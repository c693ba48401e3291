using System.Net;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Http;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Serving.Http;

/// <summary>Where a classifier is served, and how much it takes on.</summary>
public sealed record ServeOptions
{
    /// <summary>The fewest characters of an API key.</summary>
    public const int ShortestKey = Secret.Shortest;

    /// <summary>The IP address to listen on, or <c>localhost</c>. All but this machine's own need a key.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 takes any that is free.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>What every request but that for its health must bring, or null for nothing.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The class frequencies to expect; null for those that the classifier takes for granted.</summary>
    public ClassPrior? Prior { get; init; }

    /// <summary>The most bytes of a request's body.</summary>
    public long MostBytes { get; init; } = 16L << 20;

    /// <summary>The most pixels of an image, in its file.</summary>
    public long MostPixels { get; init; } = 50_000_000;

    /// <summary>The most images of a request.</summary>
    public int MostImages { get; init; } = 32;

    /// <summary>The most requests at once; another one is told to come back later.</summary>
    public int MostRequests { get; init; } = 64;

    /// <summary>The most images that are classified together.</summary>
    public int MostInBatch { get; init; } = 32;

    /// <summary>How long a batch waits for images of requests that are being read.</summary>
    public TimeSpan BatchWindow { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How long a request's body may take to come.</summary>
    public TimeSpan LongestRead { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests that were begun may take when the server stops.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks the options.</summary>
    /// <returns>The address to listen on.</returns>
    /// <exception cref="UsageException">One is out of its range, or another machine could ask without a key.</exception>
    internal IPAddress Check()
    {
        Require(MostBytes, Named("mostBytes"), 1, int.MaxValue);
        Require(MostPixels, Named("mostPixels"), 1, ImageDecoder.MostPixels);
        Require(MostImages, Named("mostImages"), 1, 1024);
        Require(MostRequests, Named("mostRequests"), 1, 65_536);
        Require(MostInBatch, Named("mostInBatch"), 1, 1024);
        Require((long)BatchWindow.TotalMilliseconds, Named("batchWindow"), 0, 1000);
        return Listening.Check(
            Host,
            Port,
            ApiKey,
            "the API key",
            "an API key as well (--api-key-file, or the variable COUNTERPOISE_API_KEY)"
        );
    }

    private static void Require(long value, string option, long least, long most)
    {
        if (value < least || value > most)
        {
            throw new UsageException($"{option} is {value}, expected {least} to {most}.");
        }
    }
}
