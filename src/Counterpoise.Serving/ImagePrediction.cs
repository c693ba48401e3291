namespace Counterpoise.Serving;

/// <summary>What a classifier says of one image.</summary>
/// <param name="Image">The image's path.</param>
/// <param name="Top">The most probable classes, the most probable first; empty where the image could not be read.</param>
/// <param name="Error">Why the image could not be read; null where it could.</param>
public sealed record ImagePrediction(string Image, IReadOnlyList<RankedClass> Top, string? Error)
{
    /// <summary>What was decided on it; null where the classifier came without a decision, or the image could not be read.</summary>
    public ImageDecision? Decision { get; init; }
}
