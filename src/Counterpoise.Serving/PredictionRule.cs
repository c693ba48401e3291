using Counterpoise.Decisions;
using Counterpoise.Results.Export;

namespace Counterpoise.Serving;

/// <summary>From a classifier's probabilities of an image to what is told of it: moved to the class frequencies that are expected, and decided where the classifier came with a decision.</summary>
internal sealed class PredictionRule
{
    private readonly ClassifierDescription classifier;
    private readonly ClassPrior? prior;
    private readonly Decision? decision;

    /// <param name="classifier">The classifier.</param>
    /// <param name="prior">The class frequencies to expect; null for those of its decision, or that it takes for granted.</param>
    internal PredictionRule(ClassifierDescription classifier, ClassPrior? prior)
    {
        this.classifier = classifier;
        this.prior = prior;
        decision =
            prior is null || classifier.Decision is not { } own
                ? classifier.Decision
                : own with
                {
                    Probabilities = own.Probabilities with { Prior = prior.Frequencies },
                };
    }

    /// <param name="image">What the image is called.</param>
    /// <param name="probabilities">[C]; changed.</param>
    /// <param name="top">How many classes are told.</param>
    internal ImagePrediction Of(string image, Span<float> probabilities, int top)
    {
        if (decision is null)
        {
            prior?.Apply(probabilities);
            return Ranked(image, probabilities, top, null);
        }

        Decided decided = decision.Of(probabilities);
        for (int c = 0; c < probabilities.Length; c++)
        {
            probabilities[c] = (float)decided.Probabilities[c];
        }

        return Ranked(
            image,
            probabilities,
            top,
            new ImageDecision(
                decided.Label is { } label ? classifier.Classes[label] : null,
                decision.RaisesAlarms ? [.. decided.Alarms.Select(alarm => classifier.Classes[alarm])] : null
            )
        );
    }

    private ImagePrediction Ranked(string image, ReadOnlySpan<float> probabilities, int top, ImageDecision? decided) =>
        new(image, RankedClass.Of(classifier.Classes, probabilities, top), null) { Decision = decided };
}
