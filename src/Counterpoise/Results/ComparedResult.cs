using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Runs;

namespace Counterpoise.Results;

/// <summary>A finished run as a comparison sees it.</summary>
/// <param name="Methods">Its methods joined by '+'.</param>
/// <param name="Seed">Its training seed.</param>
/// <param name="Fold">The fold that it was tested on; 0 for none.</param>
/// <param name="Epochs">Epochs of all phases.</param>
/// <param name="Seconds">The time of all training passes, those of a first phase that it started from included.</param>
/// <param name="Accuracies">Test accuracies in percent by <see cref="Comparison.Columns"/>; null where there are no such classes.</param>
internal sealed record ComparedResult(
    string Methods,
    ulong Seed,
    int Fold,
    int Epochs,
    double Seconds,
    IReadOnlyList<double?> Accuracies
)
{
    /// <summary>What it says of the test images; null where that was not kept.</summary>
    public PredictedImages? Said { get; init; }

    /// <summary>What a comparison takes of a run.</summary>
    /// <exception cref="CounterpoiseException">The run is not finished, or was not tested.</exception>
    public static ComparedResult Of(RunHistory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ClassificationMetrics test =
            run.Result?.Test
            ?? throw new CounterpoiseException($"{run.Path}: is not finished with a test; resume it first.");
        return new ComparedResult(
            run.Recipe.MethodNames,
            run.Recipe.Seed,
            run.Description.Listing.Fold,
            run.PlannedEpochs,
            run.Epochs.Sum(epoch => epoch.Seconds),
            [.. Comparison.Columns.Select(column => column.Of(test))]
        )
        {
            Said = run.TestPredictions,
        };
    }
}
