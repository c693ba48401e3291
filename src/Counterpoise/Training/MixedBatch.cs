using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>A mixer's decision for one mini-batch as tensors on the run's device.</summary>
/// <param name="After">The stage after which features are mixed.</param>
/// <param name="Partner">[N], int64.</param>
/// <param name="Weight">[N], float32: the partner's share of the features.</param>
/// <param name="LabelWeight">[N], float32: the partner's share of the label; null where labels stay as they are.</param>
internal sealed record MixedBatch(int After, Tensor Partner, Tensor Weight, Tensor? LabelWeight)
{
    /// <summary>A decision of its own.</summary>
    internal static MixedBatch Of(Mixing mixing, Device device) =>
        new(
            mixing.After,
            Transfer.Up([.. mixing.Partner.Select(index => (long)index)], device),
            Transfer.Up([.. mixing.FeatureWeight], device),
            mixing.LabelWeight is null ? null : Transfer.Up([.. mixing.LabelWeight], device)
        );

    /// <summary>The map after a stage, mixed where it is the one.</summary>
    internal Tensor Apply(int stage, Tensor map) => stage == After ? FeatureMixing.Apply(map, Partner, Weight) : map;
}
