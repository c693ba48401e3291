using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>The scale of a frozen network's features, which the network of a run keeps.</summary>
/// <param name="network">The network.</param>
/// <param name="data">The images.</param>
/// <param name="input">Prepares them.</param>
/// <param name="ranks">Those that train together: all take the first one's bits.</param>
/// <param name="stop">Stops between batches; nothing is kept then.</param>
internal sealed class PhaseScale(
    StagedNetwork network,
    TrainingData data,
    InputPipeline input,
    Ranks ranks,
    CancellationToken stop
)
{
    private readonly FeatureScaling? scaling = (network as FeatureNetwork)?.Scaling;

    /// <summary>Goes back to the common scale, which others are measured in.</summary>
    /// <param name="wanted">What the recipe asks for.</param>
    /// <returns>The scales to try.</returns>
    internal IReadOnlyList<FeatureScale> Begin(FeatureScale wanted)
    {
        if (scaling is null)
        {
            return [FeatureScale.Common];
        }

        using Tensor none = ones(network.Features);
        scaling.Set(none, length: 0);
        return wanted == FeatureScale.Auto ? TableScale.All : [wanted];
    }

    /// <summary>Refuses to choose where nothing can be held out.</summary>
    /// <param name="scales">What would be tried.</param>
    /// <param name="folds">The folds.</param>
    /// <exception cref="UsageException">There are no folds.</exception>
    internal static void RequireFolds(IReadOnlyList<FeatureScale> scales, TrainingFolds folds)
    {
        if (scales.Count > 1 && folds.Held.Count == 0)
        {
            throw new UsageException(
                "training.feature_scale is auto, but no class has images in two folds; set training.feature_scale to common, dimension or length."
            );
        }
    }

    /// <summary>Gives the network a scale, measured on all training images.</summary>
    /// <param name="scale">The scale.</param>
    /// <param name="unscaled">The images in the common scale.</param>
    /// <returns>What the classifier then sees of them, in the caller's dispose scope; null where that is what it saw before.</returns>
    internal FeatureTable? Apply(FeatureScale scale, FeatureTable unscaled)
    {
        if (scaling is null || scale == FeatureScale.Common)
        {
            return null;
        }

        var found = TableScale.Of(unscaled, isSeen: null, scale);
        scaling.Set(FirstOf(found.Factors), found.Length); // The mean is 0 already.
        return FeatureTable.Of(network, data, input, stop);
    }

    /// <summary>Gives the network the scale that the recipe asks for, before it is trained by steps.</summary>
    internal void Settle(FeatureScale scale)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Begin(scale);
        using FeatureTable unscaled = FeatureTable.Of(network, data, input, stop);
        using FeatureTable? scaled = Apply(scale, unscaled);
    }

    /// <summary>The first rank's number.</summary>
    internal int FirstOf(int number)
    {
        double[] own = [ranks.IsFirst ? number : 0];
        ranks.Sum(own.AsSpan());
        return (int)own[0];
    }

    private unsafe Tensor FirstOf(Tensor factors)
    {
        Tensor own = factors.to(ScalarType.Float32).contiguous();
        if (!ranks.IsFirst)
        {
            own.zero_();
        }

        ranks.Sum(new Span<float>(TensorMemory.Address(own, ScalarType.Float32), (int)own.numel()));
        return own;
    }
}
