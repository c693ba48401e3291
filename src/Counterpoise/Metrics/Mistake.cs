using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Metrics;

/// <summary>A test image that is classified wrongly.</summary>
/// <param name="Image">Its position among the test images.</param>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The class it is taken for.</param>
/// <param name="Confidence">How surely, 0 to 1.</param>
public sealed record Mistake(int Image, int Label, int Predicted, double Confidence)
{
    private const int WorstClasses = 20;
    private const int OfAClass = 3;

    internal JsonObject ToJson() =>
        new()
        {
            ["image"] = Image,
            ["label"] = Label,
            ["predicted"] = Predicted,
            ["confidence"] = Confidence,
        };

    internal static Mistake Read(JsonFields fields, int classes) =>
        new(
            fields.Required(fields.Count("image"), "image"),
            fields.Label("label", classes),
            fields.Label("predicted", classes),
            fields.Required(fields.Number("confidence"), "confidence")
        );

    /// <summary>The surest mistakes of the classes with the lowest accuracies, the worst class first: the ones worth looking at.</summary>
    internal static IReadOnlyList<Mistake> Worst(IEnumerable<Mistake> mistakes, IReadOnlyList<double?> accuracy) =>
        [
            .. mistakes
                .GroupBy(mistake => mistake.Label)
                .OrderBy(ofClass => accuracy[ofClass.Key])
                .ThenBy(ofClass => ofClass.Key)
                .Take(WorstClasses)
                .SelectMany(ofClass =>
                    ofClass
                        .OrderByDescending(mistake => mistake.Confidence)
                        .ThenBy(mistake => mistake.Image)
                        .Take(OfAClass)
                ),
        ];
}
