using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>Where a worker gets its next training from, and tells what became of it.</summary>
internal interface ITrialSource
{
    /// <summary>The next training; waits while others train what the next one depends on.</summary>
    /// <param name="stopping">Ends the waiting.</param>
    /// <returns>Null where nothing is left to train.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    TrialWork? Take(CancellationToken stopping);

    /// <summary>Says what became of a training; it is somebody else's then, or nobody's.</summary>
    void Report(TrialWork work, TrialOutcome outcome);
}

/// <summary>A training that a worker has been given.</summary>
/// <param name="Name">The name of its run folder.</param>
/// <param name="Trial">The trial's number, from 0.</param>
/// <param name="Split">The choice of held-out images; null for the full set.</param>
/// <param name="Settings">The trial's settings.</param>
/// <param name="Until">The epochs to train to; null for the end.</param>
/// <param name="Lost">Says that it was taken away, since this worker had not been heard of for too long.</param>
internal sealed record TrialWork(
    string Name,
    int Trial,
    int? Split,
    ValueList<Assignment> Settings,
    int? Until,
    CancellationToken Lost
)
{
    /// <summary>How long it may go on before it is saved and given back; null for as long as it takes.</summary>
    internal TimeSpan? Limit { get; init; }
}

/// <summary>What became of a training.</summary>
internal abstract record TrialOutcome
{
    /// <summary>It was trained as far as it was to be.</summary>
    /// <param name="Score">On the held-out images; null where there are none.</param>
    public sealed record Trained(HeldOutScore? Score) : TrialOutcome;

    /// <summary>It diverged, and will not be trained again.</summary>
    /// <param name="Reason">What happened.</param>
    public sealed record Diverged(string Reason) : TrialOutcome;

    /// <summary>It was stopped before, with everything saved: whoever gets it next goes on with it.</summary>
    public sealed record Released : TrialOutcome;
}
