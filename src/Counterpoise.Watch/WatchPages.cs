using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Microsoft.AspNetCore.Http;

namespace Counterpoise.Watch;

/// <summary>Answers the requests: the page's own files, and the runs as JSON.</summary>
internal sealed class WatchPages(string folder, WatchedFolder runs)
{
    private const string Json = "application/json; charset=utf-8";
    private const string Shell = "index.html";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly Dictionary<string, byte[]> Files = typeof(WatchPages)
        .Assembly.GetManifestResourceNames()
        .ToDictionary(name => name, Resource, StringComparer.Ordinal);

    internal async Task Handle(HttpContext context)
    {
        try
        {
            await Answer(context);
        }
        catch (Exception failure) when (failure is CounterpoiseException || FileFailure.IsFromFiles(failure))
        {
            await Send(context, StatusCodes.Status500InternalServerError, Problem(failure.Message));
        }
    }

    private Task Answer(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string path = context.Request.Path.Value ?? "/";
        switch (path)
        {
            case "/" or "/compare":
                return SendFile(context, StatusCodes.Status200OK, Shell);
            case "/api/runs":
                return Send(context, StatusCodes.Status200OK, List());
            case "/run" or "/api/run" or "/api/metrics" or "/api/statistics" or "/example":
                return runs.Find(query["id"].ToString()) is { } run
                    ? AnswerRun(context, path, run)
                    : NotFound(context, path, "There is no such run.");
            default:
                string file = path[1..];
                return Files.ContainsKey(file)
                    ? SendFile(context, StatusCodes.Status200OK, file)
                    : NotFound(context, path, "There is no such page.");
        }
    }

    private static Task AnswerRun(HttpContext context, string path, WatchedRun run)
    {
        IQueryCollection query = context.Request.Query;
        switch (path)
        {
            case "/api/run":
                return Send(context, StatusCodes.Status200OK, run.Details());
            case "/api/metrics":
                return Send(context, StatusCodes.Status200OK, Metrics(run, query["after"]));
            case "/api/statistics":
                return Send(
                    context,
                    StatusCodes.Status200OK,
                    run.Statistics() ?? new JsonObject { ["epoch"] = null, ["statistics"] = null }
                );
            case "/example":
                return
                    int.TryParse(query["image"], NumberStyles.None, CultureInfo.InvariantCulture, out int image)
                    && run.Example(image) is { } picture
                    ? Send(context, StatusCodes.Status200OK, picture, "image/png")
                    : NotFound(context, path, "There is no such picture.");
            default:
                return SendFile(context, StatusCodes.Status200OK, Shell);
        }
    }

    private JsonObject List() =>
        new()
        {
            ["folder"] = folder,
            ["runs"] = new JsonArray([.. runs.Scan().Select(run => (JsonNode)run.Summary())]),
        };

    private static JsonObject Metrics(WatchedRun run, string? after)
    {
        MetricsPart part = run.Metrics.After(after);
        return new JsonObject
        {
            ["run"] = run.Summary(),
            ["cursor"] = part.Cursor,
            ["restarted"] = part.Restarted,
            ["more"] = part.More,
            ["lines"] = new JsonArray([.. part.Lines.Select(line => JsonNode.Parse(line))]),
            ["malformed"] = new JsonArray([.. part.Malformed.Select(line => (JsonNode)line)]),
        };
    }

    /// <summary>Programs get the reason; people get the page, which says it.</summary>
    private static Task NotFound(HttpContext context, string path, string reason) =>
        path.StartsWith("/api/", StringComparison.Ordinal) || path == "/example"
            ? Send(context, StatusCodes.Status404NotFound, Problem(reason))
            : SendFile(context, StatusCodes.Status404NotFound, Shell);

    private static JsonObject Problem(string message) => new() { ["problem"] = message };

    private static Task SendFile(HttpContext context, int status, string name) =>
        Send(context, status, Files[name], Types[Path.GetExtension(name)]);

    private static Task Send(HttpContext context, int status, JsonObject content) =>
        Send(context, status, JsonSerializer.SerializeToUtf8Bytes(content), Json);

    private static async Task Send(HttpContext context, int status, byte[] content, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(WatchPages).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
