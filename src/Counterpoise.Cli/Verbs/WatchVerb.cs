using System.CommandLine;
using Counterpoise.Watch;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>watch</c>: a live page over a folder of runs.</summary>
/// <remarks>Nothing but the action touches the web server, so that no other verb loads it.</remarks>
internal static class WatchVerb
{
    internal static Command Create()
    {
        var folder = new Argument<string>("runs")
        {
            Description = "The folder that holds run folders, up to two folders deeper; or one run folder",
            DefaultValueFactory = _ => "runs",
        };
        var port = new Option<int?>("--port")
        {
            Description = "The port to listen on; 0 for any that is free",
            HelpName = "n",
            DefaultValueFactory = _ => 5077,
        };
        var host = new Option<string>("--host")
        {
            Description = "The IP address to listen on; one that other machines can reach needs --token",
            HelpName = "address",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var token = new Option<string?>("--token")
        {
            Description = "A secret of at least 16 characters that who looks must know [default: none]",
            HelpName = "secret",
        };
        var command = new Command("watch", "Show runs on a local web page while they train.")
        {
            folder,
            port,
            host,
            token,
        };
        command.SetAction(parsed =>
            Stoppable.Run(
                stop =>
                    Run(
                            parsed.GetRequiredValue(folder),
                            parsed.GetRequiredValue(host),
                            parsed.GetRequiredValue(port)!.Value,
                            parsed.GetValue(token),
                            stop
                        )
                        .GetAwaiter()
                        .GetResult(),
                how: null
            )
        );
        return command;
    }

    private static async Task<int> Run(string folder, string host, int port, string? token, CancellationToken stop)
    {
        var options = new WatchOptions
        {
            Folder = folder,
            Host = host,
            Port = port,
            Token = token,
        };
        await using WatchServer server = await WatchServer.Start(options);
        Console.WriteLine($"watching {folder} at {server.Address}{(token is null ? "" : "?token=...")}");
        Console.WriteLine("Ctrl-C ends it");
        await Stoppable.Asked(stop);
        return 0;
    }
}
