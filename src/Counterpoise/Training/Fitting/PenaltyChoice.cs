using Counterpoise.Data;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>Chooses a penalty on folds of the training images: each is predicted by a classifier that has not seen it.</summary>
/// <param name="fit">Fits a classifier.</param>
/// <param name="make">Makes one as it is before fitting, in float64, on the CPU.</param>
internal sealed class PenaltyChoice(HeadFit fit, Func<Head> make)
{
    /// <summary>How many folds, where every class has as many images.</summary>
    internal const int MostFolds = 5;

    private const int Count = 15;
    private const double Smallest = 1e-6;
    private const double Largest = 10;

    /// <summary>The penalties that are tried, from the largest, in equal proportions.</summary>
    internal static IReadOnlyList<double> Penalties { get; } =
    [.. Enumerable.Range(0, Count).Select(i => Largest * Math.Pow(Smallest / Largest, (double)i / (Count - 1)))];

    /// <summary>The penalty of the least loss on images that were not fitted on; the larger of equal ones.</summary>
    /// <param name="table">The training images.</param>
    /// <param name="seed">The data seed, which divides them.</param>
    /// <exception cref="Basics.UsageException">No class has two images, or groups, to be divided.</exception>
    internal ChosenPenalty Choose(FeatureTable table, ulong seed)
    {
        using var scope = NewDisposeScope();
        int[] folds = Folds.Of(table.Labels, table.Classes, table.Groups, MostFolds, seed);

        // An image of a class that is in one fold alone would leave no such image to fit on: it is always fitted on.
        HashSet<int> divided =
        [
            .. table
                .Labels.Zip(folds)
                .Distinct()
                .GroupBy(pair => pair.First)
                .Where(label => label.Count() > 1)
                .Select(label => label.Key),
        ];
        int[] fold = [.. folds.Select((of, row) => divided.Contains(table.Labels[row]) ? of : -1)];
        int[] predicted = [.. Rows(fold, of => of >= 0)];
        if (predicted.Length == 0)
        {
            throw new Basics.UsageException(
                "training.penalty is auto, but no class has images in two folds; give training.penalty a number, such as 0.001."
            );
        }

        Tensor logits = zeros(Count, table.Labels.Count, table.Classes, dtype: ScalarType.Float64);
        foreach (int held in predicted.Select(row => fold[row]).Distinct().Order())
        {
            Predict(table, [.. Rows(fold, of => of != held)], [.. Rows(fold, of => of == held)], logits);
        }

        FeatureTable seen = table.At(predicted);
        Tensor of = logits.index_select(1, tensor(predicted.Select(row => (long)row).ToArray()));
        double[] losses = [.. Penalties.Select((_, i) => BalancedLogLoss.AtBestTemperature(of[i], seen))];
        int best = Array.IndexOf(losses, losses.Min());
        return new ChosenPenalty(Penalties[best], losses[best], best is 0 or Count - 1);
    }

    /// <summary>Fits from the largest penalty to the smallest, each from where the one before ended.</summary>
    private void Predict(FeatureTable table, int[] training, int[] held, Tensor logits)
    {
        using var scope = NewDisposeScope();
        FeatureTable fitted = table.At(training);
        Tensor maps = table.At(held).Maps;
        Tensor rows = tensor(held.Select(row => (long)row).ToArray());
        using Head head = make();
        for (int i = 0; i < Count; i++)
        {
            using var one = NewDisposeScope();
            _ = fit.Fit(head, fitted, Penalties[i]);
            using var noGradient = no_grad();
            logits[i].index_copy_(0, rows, head.call(maps));
        }
    }

    private static IEnumerable<int> Rows(int[] fold, Func<int, bool> which) =>
        fold.Index().Where(row => which(row.Item)).Select(row => row.Index);
}

/// <summary>A penalty that was chosen.</summary>
/// <param name="Penalty">The penalty.</param>
/// <param name="Loss">The balanced log loss that it was chosen by, in nats.</param>
/// <param name="IsAtEdge">Whether it is the largest or the smallest that was tried.</param>
internal sealed record ChosenPenalty(double Penalty, double Loss, bool IsAtEdge);
