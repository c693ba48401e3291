using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Counterpoise.Http;

/// <summary>What a request brings to show that it may ask.</summary>
internal static class Secret
{
    /// <summary>The fewest characters of one.</summary>
    internal const int Shortest = 16;

    private const string Bearer = "Bearer ";

    /// <summary>What a request brings by <c>Authorization: Bearer</c>, or null.</summary>
    internal static string? BearerOf(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
    }

    /// <summary>Compares by digests of one length, so that the time says nothing of the secret.</summary>
    internal static bool Is(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Digest(given), Digest(expected));

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
