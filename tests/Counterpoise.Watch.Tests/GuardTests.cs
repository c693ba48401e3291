using System.Net;
using System.Net.Sockets;
using Counterpoise.Basics;
using Counterpoise.Tests;

namespace Counterpoise.Watch.Tests;

public sealed class GuardTests : IDisposable
{
    private const string Token = "0123456789abcdef";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("localhost:5077", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:5077", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("192.0.2.1", HttpStatusCode.Forbidden)]
    public async Task Requests_under_another_name_are_refused(string host, HttpStatusCode expected)
    {
        await using Client client = await Client.Watch(folder.Path);

        using HttpResponseMessage response = await client.Get("/api/runs", ("Host", host));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Answers_have_a_strict_policy_and_nothing_is_changed_from_outside()
    {
        await using Client client = await Client.Watch(folder.Path);

        using HttpResponseMessage page = await client.Get("/");
        using HttpResponseMessage posted = await client.Send(new HttpRequestMessage(HttpMethod.Post, "/api/runs"));

        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Fact]
    public async Task With_a_token_every_request_needs_it_or_the_cookie_that_it_gave()
    {
        await using Client client = await Client.Watch(folder.Path, Token);

        foreach (string address in new[] { "/", "/app.js", "/api/runs", "/?token=0123456789abcdeF" })
        {
            using HttpResponseMessage refused = await client.Get(address);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        using HttpResponseMessage wrong = await client.Get("/", ("Authorization", "Bearer x"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using HttpResponseMessage bearer = await client.Get("/api/runs", ("Authorization", $"Bearer {Token}"));
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);

        using HttpResponseMessage page = await client.Get($"/?token={Token}");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        string cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=strict", cookie);
        Assert.DoesNotContain(Token, cookie);
        using HttpResponseMessage known = await client.Get("/api/runs", ("Cookie", cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Theory]
    [InlineData("0.0.0.0", 0, null, "token")]
    [InlineData("::", 0, null, "token")]
    [InlineData("example.org", 0, null, "IP address")]
    [InlineData("127.0.0.1", 65536, null, "port is 65536")]
    [InlineData("127.0.0.1", -1, null, "port is -1")]
    [InlineData("127.0.0.1", 0, "short", "token has 5 characters")]
    public async Task Options_that_would_be_unsafe_or_impossible_are_refused(
        string host,
        int port,
        string? token,
        string expected
    )
    {
        var options = new WatchOptions
        {
            Folder = folder.Path,
            Host = host,
            Port = port,
            Token = token,
        };

        UsageException error = await Assert.ThrowsAsync<UsageException>(() => WatchServer.Start(options));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_folder_that_is_none_and_a_port_that_is_taken_are_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        UsageException noFolder = await Assert.ThrowsAsync<UsageException>(() =>
            WatchServer.Start(new WatchOptions { Folder = folder["none"], Port = 0 })
        );
        CounterpoiseException noPort = await Assert.ThrowsAsync<CounterpoiseException>(() =>
            WatchServer.Start(new WatchOptions { Folder = folder.Path, Port = port })
        );

        Assert.Contains(folder["none"], noFolder.Message);
        Assert.Contains($"port {port} of 127.0.0.1 is taken", noPort.Message);
    }
}
