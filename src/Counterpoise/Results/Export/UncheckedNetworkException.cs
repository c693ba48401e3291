namespace Counterpoise.Results.Export;

/// <summary>A frozen network within a model has parts that cannot be checked.</summary>
/// <param name="network">The frozen network's name.</param>
/// <param name="part">What cannot be checked.</param>
/// <param name="cause">What found it.</param>
internal sealed class UncheckedNetworkException(string network, string part, Exception cause) : Exception(part, cause)
{
    /// <summary>The frozen network's name.</summary>
    internal string Network => network;
}
