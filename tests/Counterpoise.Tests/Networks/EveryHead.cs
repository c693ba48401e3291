using Counterpoise.Methods;
using Counterpoise.Networks;

namespace Counterpoise.Tests.Networks;

/// <summary>Makes each kind of head for a network, in each form that has parameters of its own.</summary>
internal static class EveryHead
{
    /// <summary>By name: from a network and a number of classes to a head.</summary>
    internal static IReadOnlyDictionary<string, Func<StagedNetwork, int, Head>> Makers { get; } =
        new Dictionary<string, Func<StagedNetwork, int, Head>>(StringComparer.Ordinal)
        {
            [nameof(LinearHead)] = (network, classes) => new LinearHead(network.Features, classes),
            ["LinearHead with a layer"] = (network, classes) =>
                new LinearHead(network.Features, classes, embedding: 24),
            [nameof(CosineHead)] = (network, classes) => new CosineHead(network.Features, classes, scale: 16),
            [nameof(NormalisedHead)] = (network, classes) => new NormalisedHead(network.Features, classes),
            [nameof(ScaledHead)] = (network, classes) =>
                new ScaledHead(new LinearHead(network.Features, classes), classes),
            [nameof(CausalHead)] = (network, classes) =>
                new CausalHead(
                    network.Features,
                    classes,
                    new CausalSettings(Groups: 4, Scale: 16, Gamma: 1 / 32.0, Momentum: 0.9, Alpha: 0.5)
                ),
            ["CausalHead without a direction"] = (network, classes) =>
                new CausalHead(
                    network.Features,
                    classes,
                    new CausalSettings(Groups: 2, Scale: 16, Gamma: 1 / 32.0, Momentum: 0.9, Alpha: 0)
                ),
            [nameof(BilateralHead)] = (network, classes) =>
                new BilateralHead(network.TakeLastBlock(), network.Features, classes),
            [nameof(MetaEmbeddingHead)] = (network, classes) =>
                new MetaEmbeddingHead(
                    new LinearHead(network.Features, classes, embedding: 24),
                    new ModulatedAttention(network.Features, network.PlacesOf(16)),
                    centroidWeight: 0.1
                ),
        };
}
