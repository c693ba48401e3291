using Counterpoise.Data;
using static TorchSharp.torch;

namespace Counterpoise.Training.Fitting;

/// <summary>Which of several ways to classify says best of images what they are, each by a classifier that has not seen them.</summary>
/// <param name="Best">The way of the least balanced log loss after one temperature; the first of equal ones.</param>
/// <param name="Loss">That loss, in nats.</param>
/// <param name="Said">[N, classes], float64: what is said of each fold, in the way that the other folds choose.</param>
internal sealed record HeldOutChoice(int Best, double Loss, Tensor Said)
{
    /// <summary>Chooses.</summary>
    /// <param name="logits">[ways, N, classes], float64.</param>
    /// <param name="table">The N images.</param>
    /// <param name="folds">How they are divided; some are predicted.</param>
    /// <returns>In the caller's dispose scope.</returns>
    internal static HeldOutChoice Of(Tensor logits, FeatureTable table, TrainingFolds folds)
    {
        int[] predicted = [.. folds.Predicted];
        FeatureTable seen = table.At(predicted);
        Tensor of = logits.index_select(1, Rows(predicted));
        int ways = (int)logits.shape[0];
        double[][] losses = [.. Enumerable.Range(0, ways).Select(i => BalancedLogLoss.AtBestTemperature(of[i], seen))];
        double Mean(int way, Func<int, bool> which) =>
            BalancedLogLoss.Mean(losses[way], seen.Labels, row => which(folds[predicted[row]]));
        int Best(Func<int, bool> which) => Enumerable.Range(0, ways).MinBy(way => Mean(way, which));
        int best = Best(_ => true);

        // What is said of a fold is said in the way that the other folds choose.
        Tensor said = zeros(table.Labels.Count, table.Classes, dtype: ScalarType.Float64);
        foreach (int held in folds.Held)
        {
            Tensor rows = Rows(folds.Of(held));
            said.index_copy_(0, rows, logits[Best(fold => fold != held)].index_select(0, rows));
        }

        return new HeldOutChoice(best, Mean(best, _ => true), said);
    }

    private static Tensor Rows(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row));
}
