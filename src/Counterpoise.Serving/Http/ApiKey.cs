using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Counterpoise.Serving.Http;

/// <summary>The secret that requests bring in a header, never in an address, where logs would keep it.</summary>
internal sealed class ApiKey
{
    internal const string Header = "X-API-Key";
    private const string Bearer = "Bearer ";
    private readonly byte[] digest;

    internal ApiKey(string key) => digest = Digest(key);

    /// <summary>Whether a request brings the key, by <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
    internal bool IsIn(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        string given = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : request.Headers[Header].ToString();

        // By digests of one length, so that the time says nothing of the key.
        return CryptographicOperations.FixedTimeEquals(Digest(given), digest);
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
