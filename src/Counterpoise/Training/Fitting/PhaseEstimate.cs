using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>A phase whose classifier is computed from all training images at once, in place of its epoch's steps.</summary>
/// <param name="network">The network, which has the phase's head.</param>
/// <param name="estimator">Computes it.</param>
/// <param name="wanted">The scale of a frozen network's features.</param>
/// <param name="data">The images.</param>
/// <param name="input">Prepares them.</param>
/// <param name="ranks">Those that train together: each computes it, and all take the first one's bits.</param>
/// <param name="stop">Stops between batches; nothing is kept then.</param>
internal sealed class PhaseEstimate(
    StagedNetwork network,
    IEstimatedHead estimator,
    FeatureScale wanted,
    TrainingData data,
    InputPipeline input,
    Ranks ranks,
    CancellationToken stop
)
{
    /// <summary>Computes the classifier; the network's head then is what was found.</summary>
    /// <param name="report">Takes what is worth telling, in one line.</param>
    /// <returns>The mean cross-entropy of the training images.</returns>
    internal FittedPhase Run(Action<string> report)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scaling = new PhaseScale(network, data, input, ranks, stop);
        IReadOnlyList<FeatureScale> scales = scaling.Begin(wanted);
        using FeatureTable unscaled = FeatureTable.Of(network, data, input, stop);
        TrainingFolds folds = unscaled.FoldsOf(data.Seed);
        PhaseScale.RequireFolds(scales, folds);
        HeldOutChoice? chosen = data.Train.Features is null ? null : Choose(unscaled, folds, scales);
        FeatureScale scale = scales[scaling.FirstOf(chosen?.Best ?? 0)];
        if (scales.Count > 1)
        {
            report(
                $"feature scale {scale.ToString().ToLowerInvariant()}, chosen on {folds.Held.Count} folds of the training images (balanced log loss {chosen!.Loss:F4})"
            );
        }

        using FeatureTable? scaled = scaling.Apply(scale, unscaled);
        FeatureTable table = scaled ?? unscaled;
        Tensor features = table.Maps.flatten(1);
        (Tensor weight, Tensor bias) = estimator.Estimate(
            features,
            table.Rows,
            data.Train.Labels,
            data.Train.Classes.Count,
            report
        );
        var head = (LinearHead)network.Head;
        head.Weight.copy_(FirstOf(weight));
        head.Bias.copy_(FirstOf(bias));
        Tensor targets = table.Targets;
        Tensor logits = table.Plain.flatten(1).matmul(weight.t()).add(bias);
        return new FittedPhase(
            nn.functional.cross_entropy(logits, targets).item<double>(),
            (int)logits.argmax(1).eq(targets).sum().item<long>()
        )
        {
            OutOfFold = chosen is null ? null : PredictedImages.Of(chosen.Said, folds, data.Train, data.Groups),
            FeatureScale = scales is [FeatureScale.Common] ? null : scale,
        };
    }

    /// <summary>What classifiers say of folds that they are not computed from, in the scale that is best; null where there are none. Of a trained network's features nothing is said, for it has seen all images.</summary>
    private HeldOutChoice? Choose(FeatureTable table, TrainingFolds folds, IReadOnlyList<FeatureScale> scales)
    {
        if (folds.Held.Count == 0)
        {
            return null;
        }

        Tensor logits = zeros(scales.Count, table.Labels.Count, table.Classes, dtype: ScalarType.Float64);
        foreach ((int i, FeatureScale scale) in scales.Index())
        {
            foreach (int held in folds.Held)
            {
                Predict(table, folds, held, scale, logits[i]);
            }
        }

        return HeldOutChoice.Of(logits, table, folds);
    }

    private void Predict(FeatureTable table, TrainingFolds folds, int held, FeatureScale scale, Tensor logits)
    {
        bool[] isSeen = folds.SeenWithout(held);
        FeatureTable scaled = scale == FeatureScale.Common ? table : TableScale.Of(table, isSeen, scale).Apply(table);
        FeatureTable seen = scaled.At([.. isSeen.Index().Where(image => image.Item).Select(image => image.Index)]);
        (Tensor weight, Tensor bias) = estimator.Estimate(
            seen.Maps.flatten(1),
            seen.Rows,
            seen.Labels,
            table.Classes,
            _ => { }
        );
        Tensor rows = tensor(folds.Of(held).Select(row => (long)row).ToArray());
        logits.index_copy_(0, rows, scaled.Maps.index_select(0, rows).flatten(1).matmul(weight.t()).add(bias));
    }

    /// <summary>
    /// The first rank's numbers in float32, less their mean over the classes: it changes no probability, and float32 has
    /// better use for its digits.
    /// </summary>
    private unsafe Tensor FirstOf(Tensor numbers)
    {
        Tensor own = (numbers - numbers.mean([0], keepdim: true)).to(ScalarType.Float32).contiguous();
        if (!ranks.IsFirst)
        {
            own.zero_();
        }

        ranks.Sum(new Span<float>(TensorMemory.Address(own, ScalarType.Float32), (int)own.numel()));
        return own;
    }
}
