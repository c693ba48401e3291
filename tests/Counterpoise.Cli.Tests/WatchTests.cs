using System.Net;
using System.Net.Sockets;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Watch_serves_until_it_is_interrupted_and_ends_cleanly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signals have the numbers of Linux.");
        int port = FreePort();
        using Tool tool = Tool.Start(["watch", folder.Path, "--port", $"{port}"]);
        using var http = new HttpClient();
        Assert.True(tool.WaitUntil(() => IsListening(port)), "The tool ended.");
        string runs = await http.GetStringAsync(
            new Uri($"http://127.0.0.1:{port}/api/runs"),
            TestContext.Current.CancellationToken
        );

        tool.Signal(Tool.SignalInterrupt);
        ToolResult ended = tool.Finish();

        Assert.Contains("\"runs\":[]", runs);
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal($"watching {folder.Path} at http://127.0.0.1:{port}/", ended.Output[0]);
        Assert.Empty(ended.Error);
    }

    [Fact]
    public void Watch_refuses_a_port_that_is_taken_and_other_machines_without_a_token()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        ToolResult failed = Tool.Run("watch", folder.Path, "--port", $"{port}");
        ToolResult refused = Tool.Run("watch", folder.Path, "--host", "0.0.0.0");

        Assert.Equal(1, failed.ExitCode);
        Assert.StartsWith($"error: port {port} of 127.0.0.1 is taken;", failed.ErrorText);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--token", refused.ErrorText);
    }

    private static bool IsListening(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
