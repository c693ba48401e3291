using System.Text.Json.Serialization;

namespace Counterpoise.Serving.Http;

/// <summary>The answer to a request for predictions.</summary>
/// <param name="Predictions">One for each image, in the request's order.</param>
internal sealed record PredictResponse(IReadOnlyList<PredictedImage> Predictions);

/// <summary>What the classifier says of one image.</summary>
/// <param name="Image">What the request calls it.</param>
/// <param name="Top">The most probable classes, the most probable first.</param>
internal sealed record PredictedImage(string Image, IReadOnlyList<RankedClass> Top)
{
    /// <summary>What was decided on it, where the classifier came with a decision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageDecision? Decision { get; init; }
}

/// <summary>Why a request was not answered.</summary>
/// <param name="Error">What is wrong, in one line.</param>
internal sealed record ProblemResponse(string Error);

/// <summary>What is served.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Methods">The methods it was trained with.</param>
/// <param name="Classes">The class names.</param>
/// <param name="ImageSize">Height and width that images are brought to, in pixels.</param>
internal sealed record ModelResponse(string Network, string Methods, IReadOnlyList<string> Classes, int ImageSize);
