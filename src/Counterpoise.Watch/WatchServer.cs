using System.Net;
using Counterpoise.Basics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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

        // The empty one: no settings come from the environment or from files in the current folder.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(address, options.Port);
            });
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication built = builder.Build();
        var guard = new RequestGuard(address, options.Host, options.Token);
        var pages = new WatchPages(options.Folder, new RunList(options.Folder));
        built.Use(next => context => guard.Handle(context, next));
        built.Run(pages.Handle);
        try
        {
            await built.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
        {
            await built.DisposeAsync();
            throw new CounterpoiseException(
                failure is IOException { InnerException: AddressInUseException }
                    ? $"port {options.Port} of {options.Host} is taken; choose another with --port, or --port 0 for any that is free."
                    : $"{options.Host}:{options.Port} cannot be listened on: {failure.Message.TrimEnd('.')}. Choose another --host or --port.",
                failure
            );
        }

        string bound = built.Urls.Single();
        return new WatchServer(built, new Uri(bound));
    }

    /// <summary>Stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }

    /// <summary>Leaves signals to the caller: the host's own lifetime would take Ctrl-C for itself.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
