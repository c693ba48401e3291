using Counterpoise.Basics;

namespace Counterpoise.Phases;

/// <summary>
/// Decides how features are mixed within a mini-batch. A mixer draws and decides; the trainer mixes, in training alone.
/// </summary>
public interface IMixer
{
    /// <summary>The stages that features may be mixed after: 0 is the input, k the output of stage k.</summary>
    IReadOnlyList<int> Stages { get; }

    /// <summary>The decision for one mini-batch.</summary>
    /// <param name="context">Where training stands; its draws are keyed to this batch.</param>
    /// <param name="labels">The batch's N labels, each the index of a class.</param>
    /// <returns>How to mix, or null for not at all.</returns>
    Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels);
}

/// <summary>One mini-batch's mixing: z'_n = (1 - f_n) z_n + f_n z_p(n), and likewise for the loss of the labels.</summary>
/// <param name="After">The stage after which features are mixed; 0 is the input.</param>
/// <param name="Partner">[N]; p(n): the index in the batch of each example's partner.</param>
/// <param name="FeatureWeight">[N]; f_n: the partner's share of the features, 0 to 1.</param>
/// <param name="LabelWeight">[N]; the partner's share of the label, 0 to 1; null where labels stay as they are.</param>
public sealed record Mixing(
    int After,
    IReadOnlyList<int> Partner,
    IReadOnlyList<float> FeatureWeight,
    IReadOnlyList<float>? LabelWeight = null
);
