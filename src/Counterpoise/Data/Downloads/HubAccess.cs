using System.Net.Http.Headers;
using Counterpoise.Basics;

namespace Counterpoise.Data.Downloads;

/// <summary>Which server of the Hugging Face hub is asked, and who asks.</summary>
/// <param name="endpoint">The server.</param>
/// <param name="token">A token of the user's; null or empty for none. It goes to that server alone and is never told.</param>
internal sealed class HubAccess(Uri endpoint, string? token)
{
    internal const string EndpointVariable = "HF_ENDPOINT";
    internal const string TokenVariable = "HF_TOKEN";
    private const string Usual = "https://huggingface.co";

    /// <summary>The hub's own server, or the mirror that the environment names; the token that it has.</summary>
    /// <exception cref="UsageException">What it names is no address.</exception>
    internal static HubAccess OfEnvironment =>
        new(
            EndpointOf(Environment.GetEnvironmentVariable(EndpointVariable)),
            Environment.GetEnvironmentVariable(TokenVariable)
        );

    /// <summary>Whether a token is sent.</summary>
    internal bool HasToken => !string.IsNullOrWhiteSpace(token);

    /// <summary>Where a file of a repository is.</summary>
    /// <param name="repository">Such as <c>timm/resnet50.tv_in1k</c>.</param>
    /// <param name="file">The file's name in it.</param>
    internal Uri AddressOf(string repository, string file) =>
        new($"{endpoint.AbsoluteUri.TrimEnd('/')}/{repository}/resolve/main/{file}");

    /// <summary>Whether an address is on that server.</summary>
    internal bool Holds(Uri address) =>
        Uri.Compare(
            address,
            endpoint,
            UriComponents.SchemeAndServer,
            UriFormat.Unescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;

    /// <summary>What a request to an address says of the user; null for another server, and where there is no token.</summary>
    internal AuthenticationHeaderValue? AuthorizationFor(Uri address) =>
        HasToken && Holds(address) ? new AuthenticationHeaderValue("Bearer", token!.Trim()) : null;

    /// <summary>The server of the variable's value; the hub's own where it is not set.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    internal static Uri EndpointOf(string? value) =>
        string.IsNullOrWhiteSpace(value) ? new Uri(Usual)
        : Uri.TryCreate(value.Trim(), UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? address
        : throw new UsageException(
            $"{EndpointVariable} is {value}, expected the address of a server, such as {Usual}; correct it or unset it."
        );
}
