using System.Net;
using System.Security.Cryptography;

namespace Counterpoise.Tests.Data;

/// <summary>
/// Answers as the Hugging Face hub does: with length and SHA-256 of a file, and where another server, on another port, has
/// it.
/// </summary>
internal sealed class HubServer : IDisposable
{
    private readonly HttpListener listener;
    private byte[] content;

    public HubServer(byte[] content)
    {
        this.content = content;
        Storage = new FileServer(content);
        for (int port = 21000 + Random.Shared.Next(20000); ; port++)
        {
            Address = $"http://127.0.0.1:{port}/";
            listener = new HttpListener(); // One that could not start is disposed of.
            listener.Prefixes.Add(Address);
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // The port is taken; the next one.
            }
        }

        _ = Task.Run(Serve);
    }

    public string Address { get; }

    /// <summary>The server that has the content.</summary>
    public FileServer Storage { get; }

    /// <summary>The repository that there is.</summary>
    public string Repository { get; init; } = "timm/resnet18.tv_in1k";

    /// <summary>Another name, which is redirected to that.</summary>
    public string? OldName { get; init; }

    /// <summary>The token that is needed; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether it redirects to itself first, and from there to the server that has the content.</summary>
    public bool RedirectsTwice { get; init; }

    /// <summary>What it says the SHA-256 is; null for the content's, empty to say none.</summary>
    public string? Digest { get; set; }

    /// <summary>What it says the length is; null for the content's.</summary>
    public long? Length { get; set; }

    /// <summary>Methods, paths and what they said of the user.</summary>
    public List<(string Method, string Path, string? Authorization)> Requests { get; } = [];

    public void Change(byte[] to)
    {
        content = to;
        Storage.Change(to, "\"other\"");
    }

    public void Dispose()
    {
        ((IDisposable)listener).Dispose();
        Storage.Dispose();
    }

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                Answer(context.Request, context.Response);
                context.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string path = request.Url!.AbsolutePath;
        string? said = request.Headers["Authorization"];
        Requests.Add((request.HttpMethod, path, said));
        if (Token is not null && said != $"Bearer {Token}")
        {
            response.StatusCode = 401;
        }
        else if (OldName is not null && path == $"/{OldName}/resolve/main/model.safetensors")
        {
            response.StatusCode = 307;
            response.Headers["Location"] = $"/{Repository}/resolve/main/model.safetensors";
        }
        else if (path == "/twice")
        {
            response.StatusCode = 302;
            response.Headers["Location"] = Storage.Address + "signed";
        }
        else if (path != $"/{Repository}/resolve/main/model.safetensors")
        {
            response.StatusCode = 404;
        }
        else
        {
            response.StatusCode = 302;
            response.Headers["Location"] = RedirectsTwice ? "/twice" : Storage.Address + "signed";
            response.Headers["X-Linked-Size"] = $"{Length ?? content.Length}";
            string digest = Digest ?? Convert.ToHexStringLower(SHA256.HashData(content));
            if (digest.Length > 0)
            {
                response.Headers["X-Linked-Etag"] = $"\"{digest}\"";
            }
        }
    }
}
