namespace Counterpoise.Serving.Http;

/// <summary>A request that cannot be answered as it is.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">What is wrong, for whoever asked.</param>
internal sealed class RequestFault(int status, string reason) : Exception(reason)
{
    internal int Status { get; } = status;
}
