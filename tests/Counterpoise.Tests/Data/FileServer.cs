using System.Net;

namespace Counterpoise.Tests.Data;

/// <summary>Serves one content on the loopback interface.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener listener;
    private byte[] content;

    public FileServer(byte[] content)
    {
        this.content = content;
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

    public string Address { get; private set; }

    public List<string?> Ranges { get; } = [];

    /// <summary>What requests said of the user.</summary>
    public List<string?> Authorizations { get; } = [];

    public int? BreakAfter { get; set; }

    public bool SupportsRanges { get; init; } = true;

    public bool IsMissing { get; init; }

    public bool IsSilent { get; init; }

    /// <summary>The ETag that answers have, and that a condition on a range must equal.</summary>
    public string? Version { get; set; }

    /// <summary>How far from the range asked for that is which is sent.</summary>
    public int RangeError { get; init; }

    public List<string?> Conditions { get; } = [];

    public void Change(byte[] to, string version) => (content, Version) = (to, version);

    public void Dispose() => ((IDisposable)listener).Dispose();

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string? range = context.Request.Headers["Range"];
        string? condition = context.Request.Headers["If-Range"];
        Ranges.Add(range);
        Authorizations.Add(context.Request.Headers["Authorization"]);
        Conditions.Add(condition);
        if (IsSilent)
        {
            return;
        }

        bool goesOn = range is not null && SupportsRanges && (condition is null || condition == Version);
        int first = goesOn ? int.Parse(range!["bytes=".Length..].TrimEnd('-')) : 0;
        context.Response.StatusCode =
            IsMissing ? 404
            : first >= content.Length ? 416
            : first > 0 ? 206
            : 200;
        if (context.Response.StatusCode == 206)
        {
            first += RangeError;
            context.Response.Headers["Content-Range"] = $"bytes {first}-{content.Length - 1}/{content.Length}";
        }

        if (Version is not null)
        {
            context.Response.Headers["ETag"] = Version;
        }

        byte[] body = IsMissing ? [] : content[first..];
        context.Response.ContentLength64 = body.Length;
        try
        {
            context.Response.OutputStream.Write(body, 0, Math.Min(BreakAfter ?? body.Length, body.Length));
            if (BreakAfter is null)
            {
                context.Response.Close();
            }
            else
            {
                context.Response.OutputStream.Flush();
                context.Response.Abort();
            }
        }
        catch (Exception error) when (error is HttpListenerException or IOException)
        {
            // The client has gone.
        }
    }
}
