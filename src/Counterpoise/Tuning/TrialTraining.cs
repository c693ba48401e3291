using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>How far a training of a trial is.</summary>
internal enum TrialTrainingState
{
    /// <summary>To be trained to its rung, from where it is.</summary>
    Waiting,

    /// <summary>A worker trains it.</summary>
    Running,

    /// <summary>It reached its rung.</summary>
    Done,

    /// <summary>It will not be trained further: others were better, or another split of the trial diverged.</summary>
    Stopped,

    /// <summary>Its loss or a parameter became infinite.</summary>
    Diverged,
}

/// <summary>One training: a trial on one split, or the final one on the full set.</summary>
/// <param name="Trial">The trial whose settings it has.</param>
/// <param name="Split">The choice of held-out images; null for the full set.</param>
/// <param name="Rung">The rung that it is trained to, or was.</param>
/// <param name="State">How far it is.</param>
/// <param name="Worker">Who trains it.</param>
/// <param name="Heartbeat">When that worker last said so.</param>
internal sealed record TrialTraining(
    int Trial,
    int? Split,
    int Rung,
    TrialTrainingState State,
    Worker? Worker = null,
    DateTimeOffset? Heartbeat = null
)
{
    /// <summary>The name of its run folder.</summary>
    internal string Name => Split is { } split ? $"trial-{Trial:D4}-split-{split}" : FinalName;

    /// <summary>The name of the run folder of the training on the full set.</summary>
    internal const string FinalName = "final";
}

/// <summary>The score of one training at a rung.</summary>
internal sealed record RungScore(int Trial, int Split, int Rung, HeldOutScore Score);

/// <summary>All that a study's database knows of its trials, at one moment.</summary>
/// <param name="Settings">Every trial's settings; the index is the trial's number.</param>
/// <param name="Runs">All trainings.</param>
/// <param name="Scores">All scores.</param>
internal sealed record StudyState(
    IReadOnlyList<ValueList<Assignment>> Settings,
    IReadOnlyList<TrialTraining> Runs,
    IReadOnlyList<RungScore> Scores
)
{
    internal TrialTraining? Final => Runs.FirstOrDefault(run => run.Split is null);

    internal IEnumerable<TrialTraining> Of(int trial) => Runs.Where(run => run.Trial == trial && run.Split is not null);

    /// <summary>A trial's score at a rung, once all its splits have one.</summary>
    internal HeldOutScore? ScoreOf(int trial, int rung)
    {
        HeldOutScore[] scores =
        [
            .. Scores.Where(score => score.Trial == trial && score.Rung == rung).Select(score => score.Score),
        ];
        return scores.Length > 0 && scores.Length == Of(trial).Count() ? HeldOutScore.Mean(scores) : null;
    }

    /// <summary>What proposals may depend on: every trial at the first rung, where all can be compared.</summary>
    internal IReadOnlyList<ScoredSettings> Scored =>
        [
            .. Settings
                .Select(
                    (settings, trial) =>
                        Of(trial).Any(run => run.State == TrialTrainingState.Diverged)
                            ? new ScoredSettings(settings, double.NegativeInfinity)
                        : ScoreOf(trial, 0) is { } score ? new ScoredSettings(settings, score.Accuracy)
                        : null
                )
                .OfType<ScoredSettings>(),
        ];

    /// <summary>The trials of a rung, the best first; of equal ones the earlier first.</summary>
    internal IReadOnlyList<int> Ranked(int rung) =>
        [
            .. Enumerable
                .Range(0, Settings.Count)
                .Where(trial => Of(trial).All(run => run.Rung == rung && run.State == TrialTrainingState.Done))
                .Select(trial => (Trial: trial, Score: ScoreOf(trial, rung)))
                .Where(pair => pair.Score is not null)
                .OrderByDescending(pair => Math.Round(pair.Score!.Accuracy, 9)) // Sums in another order are no better.
                .Select(pair => pair.Trial),
        ];
}
