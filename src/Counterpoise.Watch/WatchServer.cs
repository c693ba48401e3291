using System.Net;
using Counterpoise.Basics;
using Counterpoise.Http;
using Microsoft.AspNetCore.Builder;

namespace Counterpoise.Watch;

/// <summary>Serves a live page over a folder of runs. It only reads; runs may be written meanwhile.</summary>
public sealed class WatchServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private WatchServer(WebApplication application, Uri address)
    {
        this.application = application;
        Address = address;
    }

    /// <summary>Where the page is, without a token.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">What is watched, and where.</param>
    /// <exception cref="UsageException">An option is out of its range, or would let other machines look without a token.</exception>
    /// <exception cref="CounterpoiseException">The address is not this machine's, or its port is taken.</exception>
    public static async Task<WatchServer> Start(WatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IPAddress address = options.Check();
        WebApplication built = Listening.On(address, options.Port, grace: TimeSpan.FromSeconds(1)).Build();
        var guard = new RequestGuard(address, options.Host, options.Token);
        var pages = new WatchPages(options.Folder, new WatchedFolder(options.Folder));
        built.Use(next => context => guard.Handle(context, next));
        built.Run(pages.Handle);
        return new WatchServer(built, await Listening.Start(built, options.Host, options.Port));
    }

    /// <summary>Stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
