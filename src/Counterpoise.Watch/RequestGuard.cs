using System.Net;
using System.Security.Cryptography;
using Counterpoise.Http;
using Microsoft.AspNetCore.Http;

namespace Counterpoise.Watch;

/// <summary>Decides which requests are answered, and tells the browser how little the page may do.</summary>
/// <remarks>
/// A page of another site could point its own name at this machine (DNS rebinding) and then read the runs as if they were
/// its own; its requests still carry that name in the Host header. A name that is an IP address cannot be pointed elsewhere.
/// </remarks>
internal sealed class RequestGuard(IPAddress address, string host, string? token)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    // The browser keeps this in place of the token; it ends with the server.
    private readonly string session = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    internal async Task Handle(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        (int Status, string Why)? refusal = Refusal(context);
        if (refusal is not { } refused)
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = refused.Status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(refused.Why + "\n");
    }

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private (int Status, string Why)? Refusal(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!IsOwnName(request.Host.Host))
        {
            return (StatusCodes.Status403Forbidden, "This page is not served under that name.");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return (StatusCodes.Status405MethodNotAllowed, "This page is only read.");
        }

        return IsKnown(context)
            ? null
            : (StatusCodes.Status401Unauthorized, "Open the address with ?token= and the token given to --token.");
    }

    private bool IsOwnName(string name)
    {
        if (IPAddress.TryParse(name.Trim('[', ']'), out IPAddress? named))
        {
            return !IPAddress.IsLoopback(address) || IPAddress.IsLoopback(named);
        }

        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(host, StringComparison.OrdinalIgnoreCase)
            || (
                !IPAddress.IsLoopback(address)
                && name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            );
    }

    private bool IsKnown(HttpContext context)
    {
        if (token is null)
        {
            return true;
        }

        HttpRequest request = context.Request;
        string cookie = $"counterpoise-{context.Connection.LocalPort}";
        if (request.Cookies.TryGetValue(cookie, out string? held) && Secret.Is(held, session))
        {
            return true;
        }

        if (Secret.BearerOf(request) is { } bearer)
        {
            return Secret.Is(bearer, token);
        }

        if (!Secret.Is(request.Query["token"].ToString(), token))
        {
            return false;
        }

        context.Response.Cookies.Append(
            cookie,
            session,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Path = "/",
            }
        );
        return true;
    }
}
