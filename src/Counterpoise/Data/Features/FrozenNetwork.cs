using System.Security.Cryptography;
using Counterpoise.Basics;

namespace Counterpoise.Data.Features;

/// <summary>A network in an ONNX file that is not trained any more, and what its images must be like.</summary>
/// <param name="Name">A short name, for people.</param>
/// <param name="Content">The ONNX file.</param>
/// <param name="Preparation">What its images must be like.</param>
internal sealed record FrozenNetwork(string Name, byte[] Content, FeaturePreparation Preparation)
{
    /// <summary>The value within it that is the features; empty for the only one that it gives.</summary>
    public string Output { get; init; } = "";

    /// <summary>Whether it is used although not all of it can be checked.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>What was taken from where, one line each, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The SHA-256 of its file.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>What tells its features from those of others.</summary>
    public string Identity => $"{Digest} {Preparation.Identity}{(Output.Length > 0 ? $" {Output}" : "")}";

    /// <summary>Checks that it is what a run's features were made by.</summary>
    /// <param name="identity">What the run keeps of it.</param>
    /// <param name="run">The run, for the message.</param>
    /// <exception cref="CounterpoiseException">It is another one, or prepares images in another way.</exception>
    public void Require(string identity, string run)
    {
        bool isSameFile = identity.StartsWith(Digest, StringComparison.Ordinal);
        if (identity != Identity)
        {
            throw new CounterpoiseException(
                isSameFile
                    ? $"{Name} prepares images by {Told(Identity)} now, but {run} was trained with {Told(identity)}; put back the file beside it that says so, or name the values in the recipe."
                    : $"{Name} is not what {run} was trained with: its content has another SHA-256, {Digest}, expected {identity.Split(' ')[0]}; put the original file back, or train anew."
            );
        }

        string Told(string whole) => whole[Math.Min(whole.Length, Digest.Length + 1)..];
    }
}
