using System.Net;
using System.Net.Sockets;
using Counterpoise.Basics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Http;

/// <summary>Where a server listens, and how it begins and ends.</summary>
internal static class Listening
{
    /// <summary>Checks where a server is to listen and what its requests must bring, if anything; messages say what that is called and how to give it.</summary>
    /// <exception cref="UsageException">One is out of its range, or other machines could ask without the secret.</exception>
    internal static IPAddress Check(string host, int port, string? secret, string named, string remedy)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new UsageException(
                $"{Named("port")} is {port}, expected 0 to {IPEndPoint.MaxPort}; 0 takes any free port."
            );
        }

        if (secret is { Length: < Secret.Shortest })
        {
            throw new UsageException(
                $"{named} has {secret.Length} characters, expected at least {Secret.Shortest}; 'openssl rand -hex 16' makes one."
            );
        }

        if (!IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out IPAddress? address))
        {
            throw new UsageException(
                $"{Named("host")} is '{host}', expected localhost or an IP address such as 127.0.0.1 or 0.0.0.0."
            );
        }

        return IPAddress.IsLoopback(address) || secret is not null
            ? address
            : throw new UsageException(
                $"{Named("host")} is {host}, which other machines can reach; give {remedy}, or leave out {Named("host")}."
            );
    }

    /// <summary>An application that nothing but its caller configures: no settings come from the environment or from files in the current folder. When it stops, what was begun has so long to end.</summary>
    internal static WebApplicationBuilder On(IPAddress address, int port, TimeSpan grace)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(address, port);
            });
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = grace);
        return builder;
    }

    /// <summary>Starts an application, or disposes of it.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="CounterpoiseException">The address is not this machine's, or its port is taken.</exception>
    internal static async Task<Uri> Start(WebApplication application, string host, int port)
    {
        try
        {
            await application.StartAsync();
            return new Uri(application.Urls.Single());
        }
        catch (Exception failure)
        {
            await application.DisposeAsync();
            if (failure is not (IOException or SocketException))
            {
                throw;
            }

            throw new CounterpoiseException(
                failure is IOException { InnerException: AddressInUseException }
                    ? $"port {port} of {host} is taken; choose another with {Named("port")}, or {Named("port")} 0 for any that is free."
                    : $"{host}:{port} cannot be listened on: {failure.Message.TrimEnd('.')}. Choose another {Named("host")} or {Named("port")}.",
                failure
            );
        }
    }

    /// <summary>Leaves signals to the caller: the host's own lifetime would take Ctrl-C for itself.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
