using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Phases;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>Chooses a penalty, and a scale of the features, on folds of the training images: each is predicted by a classifier that has not seen it.</summary>
/// <param name="fit">Fits classifiers.</param>
/// <param name="from">The classifier as it is before fitting.</param>
/// <param name="make">Makes such a classifier of a number of classes.</param>
internal sealed class PenaltyChoice(HeadFit fit, Head from, Func<int, Head> make)
{
    private const int Count = 15;
    private const double Smallest = 1e-6;
    private const double Largest = 10;

    /// <summary>The loss has one valley as penalties fall: once it has risen so often in a row, and by so much, smaller ones only overfit more.</summary>
    private const int Rises = 3;

    private const double Rise = 1.02;

    /// <summary>The penalties that are tried, from the largest, in equal proportions.</summary>
    internal static IReadOnlyList<double> Penalties { get; } =
    [.. Enumerable.Range(0, Count).Select(i => Largest * Math.Pow(Smallest / Largest, (double)i / (Count - 1)))];

    /// <summary>The penalty and the scale of the least loss on images that were not fitted on; the first of equal scales, then the larger of equal penalties.</summary>
    /// <param name="table">The training images, in the common scale.</param>
    /// <param name="folds">How they are divided; some are predicted.</param>
    /// <param name="penalties">The penalties, from the largest, in equal proportions.</param>
    /// <param name="scales">The scales, each of which is measured without the fold that is predicted; null for the common one.</param>
    internal ChosenPenalty Choose(
        FeatureTable table,
        TrainingFolds folds,
        IReadOnlyList<double> penalties,
        IReadOnlyList<FeatureScale>? scales = null
    )
    {
        using var scope = NewDisposeScope();
        scales ??= [FeatureScale.Common];
        int tried = 0;
        Tensor logits = zeros(
            scales.Count * penalties.Count,
            table.Labels.Count,
            table.Classes,
            dtype: ScalarType.Float64
        );
        foreach ((int i, FeatureScale scale) in scales.Index())
        {
            Tensor own = logits.narrow(0, i * penalties.Count, penalties.Count);
            bool isCommon = scale == FeatureScale.Common;
            foreach (
                int[] together in from.HasRows && isCommon
                    ?
                    [
                        [.. folds.Held],
                    ]
                    : folds.Held.Chunk(1)
            )
            {
                using var one = NewDisposeScope();
                using FeatureTable? scaled = isCommon
                    ? null
                    : TableScale.Of(table, folds.SeenWithout(together[0]), scale).Apply(table);
                tried = Math.Max(tried, Predict(scaled ?? table, folds, penalties, together, own));
            }
        }

        var choice = HeldOutChoice.Of(logits, table, folds);
        int best = choice.Best % penalties.Count;
        return new ChosenPenalty(
            penalties[best],
            choice.Loss,
            penalties.Count > 1 && (best == 0 || best == penalties.Count - 1),
            choice.Said.MoveToOuterDisposeScope()
        )
        {
            Scale = scales[choice.Best / penalties.Count],
            Smallest = penalties[tried - 1],
        };
    }

    /// <summary>Fits a classifier for each of some folds, from the largest penalty to the smallest, each from where the ones before lead to.</summary>
    /// <returns>How many penalties were fitted: those below, which only overfit more, have what the last of them says.</returns>
    private int Predict(
        FeatureTable table,
        TrainingFolds folds,
        IReadOnlyList<double> penalties,
        int[] held,
        Tensor logits
    )
    {
        using var scope = NewDisposeScope();
        using var heads = new HeadCopies(from, held.Length, make, table.Classes);
        bool[][] isSeen = Array.ConvertAll(held, folds.SeenWithout);
        Tensor[] rows = Array.ConvertAll(held, fold => Rows(folds.Of(fold)));
        FeatureTable predicted = table.At([.. held.SelectMany(folds.Of)]);
        List<double> losses = [];
        Tensor? before = null;
        for (int i = 0; i < penalties.Count; i++)
        {
            using var one = NewDisposeScope();
            Tensor last = heads.Points();
            if (before is not null)
            {
                heads.Set((last * 2) - before); // As far again as the last penalty led, for they are in equal proportions.
            }

            before = i > 0 ? last.MoveToOuterDisposeScope() : null; // The first one led from a classifier of no penalty.
            _ = fit.Fit(heads, table, isSeen, penalties[i]);
            using var noGradient = no_grad();
            Tensor all = heads.Head.call(table.Plain).view(table.Labels.Count, held.Length, table.Classes);
            for (int k = 0; k < held.Length; k++)
            {
                logits[i].index_copy_(0, rows[k], all.select(1, k).index_select(0, rows[k]));
            }

            if (i + 1 == penalties.Count)
            {
                break; // Nothing is left to leave out.
            }

            losses.Add(LossOf(logits[i].index_select(0, cat(rows)), predicted));
            if (HasRisen(losses))
            {
                logits.narrow(0, i + 1, penalties.Count - i - 1).copy_(logits[i]);
                return i + 1;
            }
        }

        return penalties.Count;
    }

    private static double LossOf(Tensor logits, FeatureTable table) =>
        BalancedLogLoss.Mean(BalancedLogLoss.AtBestTemperature(logits, table), table.Labels, _ => true);

    /// <summary>Whether losses, from the largest penalty down, are past their valley.</summary>
    internal static bool HasRisen(IReadOnlyList<double> losses) =>
        losses.Count > Rises
        && losses[^1] > Rise * losses.Min()
        && Enumerable.Range(1, Rises).All(back => losses[^back] > losses[^(back + 1)]);

    private static Tensor Rows(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row));
}

/// <summary>A penalty that was chosen.</summary>
/// <param name="Penalty">The penalty.</param>
/// <param name="Loss">The balanced log loss that it was chosen by, in nats.</param>
/// <param name="IsAtEdge">Whether it is the largest or the smallest that was tried.</param>
/// <param name="Logits">[N, classes], float64, of images that were not fitted on, nor looked at in choosing the penalty of their classifier; 0 of those that no fold has.</param>
internal sealed record ChosenPenalty(double Penalty, double Loss, bool IsAtEdge, Tensor Logits)
{
    /// <summary>The smallest penalty that was fitted: below, the loss only rises.</summary>
    internal double Smallest { get; init; }

    /// <summary>The scale of the features that it was chosen with.</summary>
    internal FeatureScale Scale { get; init; }
}
