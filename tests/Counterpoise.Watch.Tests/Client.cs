using System.Net;
using System.Text.Json.Nodes;

namespace Counterpoise.Watch.Tests;

/// <summary>A server over a folder, and a program that asks it.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly WatchServer server;
    private readonly HttpClient http;

    private Client(WatchServer server)
    {
        this.server = server;
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
    }

    public Uri Address => server.Address;

    public static async Task<Client> Watch(string folder, string? token = null) =>
        new(
            await WatchServer.Start(
                new WatchOptions
                {
                    Folder = folder,
                    Port = 0,
                    Token = token,
                }
            )
        );

    public Task<HttpResponseMessage> Get(string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Send(request);
    }

    public Task<HttpResponseMessage> Send(HttpRequestMessage request) =>
        http.SendAsync(request, TestContext.Current.CancellationToken);

    public async Task<JsonObject> Json(string address)
    {
        using HttpResponseMessage response = await Get(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(text)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }
}
