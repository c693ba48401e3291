using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Output;

/// <summary>A number of the paper and what the same training came to here.</summary>
/// <param name="Cell">The paper's.</param>
/// <param name="Recipe">What was trained, with the epochs asked for.</param>
/// <param name="Accuracy">Test accuracy in percent, over the seeds that are finished; null where none is.</param>
/// <param name="Epochs">The epochs trained, of all phases.</param>
/// <param name="Missing">Why there is nothing to train; null where there is.</param>
internal sealed record ReproducedCell(
    PaperCell Cell,
    Recipe Recipe,
    SampleStatistic? Accuracy,
    int? Epochs,
    string? Missing
)
{
    /// <summary>What a study chose for the same method on the same data.</summary>
    internal TunedAccuracy? Tuned { get; init; }

    /// <summary>Ours less the paper's, in points.</summary>
    internal double? Difference => Accuracy?.Mean - Cell.Accuracy;
}
