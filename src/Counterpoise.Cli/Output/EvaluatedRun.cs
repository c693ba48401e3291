using Counterpoise.Metrics;
using Counterpoise.Results.Export;

namespace Counterpoise.Cli.Output;

/// <summary>What testing a run gave.</summary>
/// <param name="Run">The run folder.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Source">Where the images are.</param>
/// <param name="Said">What it says of them.</param>
/// <param name="Classifier">What was tested.</param>
internal sealed record EvaluatedRun(
    string Run,
    string Checkpoint,
    string Source,
    PredictedImages Said,
    ClassifierDescription Classifier
)
{
    /// <summary>Whether classes are a scale.</summary>
    internal bool IsOrdered { get; init; }

    /// <summary>The class frequencies that are looked at; null for none.</summary>
    internal IReadOnlyList<double>? Frequencies { get; init; }
}
