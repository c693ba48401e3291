using Counterpoise.Basics;

namespace Counterpoise.Tuning;

/// <summary>How a trial ended, or where it is.</summary>
internal enum TrialState
{
    /// <summary>It is being trained, or will be.</summary>
    Open,

    /// <summary>All its splits were trained to the end.</summary>
    Finished,

    /// <summary>Others were better at its rung.</summary>
    Stopped,

    /// <summary>Its training diverged.</summary>
    Diverged,
}

/// <summary>All trials of a study, and the one that is best.</summary>
/// <param name="Trials">The trials in order of their numbers.</param>
/// <param name="Chosen">The best of those that were trained to the end, the earliest of equal ones; null before all are.</param>
/// <param name="FinalState">The state of the training on the full set; null before it is begun.</param>
internal sealed record StudyResult(IReadOnlyList<TrialRow> Trials, TrialRow? Chosen, TrialState? FinalState)
{
    /// <summary>The finished trials that were exactly as good as the chosen one.</summary>
    public IReadOnlyList<TrialRow> Ties =>
        [
            .. Trials.Where(row =>
                row.State == TrialState.Finished && row != Chosen && AreEqual(row.Score!, Chosen?.Score)
            ),
        ];

    /// <summary>The finished trials, apart from the chosen one, that are within one standard error of it.</summary>
    public IReadOnlyList<TrialRow> Close =>
        [
            .. Trials.Where(row =>
                row.State == TrialState.Finished
                && row != Chosen
                && Chosen?.Score is { } best
                && row.Score!.Accuracy >= best.Accuracy - best.Error
            ),
        ];

    internal static StudyResult Of(StudyPlan plan, StudyState state)
    {
        TrialRow[] rows = [.. state.Settings.Select((settings, trial) => Row(plan, state, trial, settings))];
        bool complete =
            rows.All(row => row.State != TrialState.Open)
            && (rows.Length >= plan.Trials || plan.Untried(state.Settings, state.Scored) is null);
        return new StudyResult(
            rows,
            complete && state.Ranked(plan.Schedule.Last) is [var best, ..] ? rows[best] : null,
            state.Final is { } final ? StateOf([final], last: 0) : null
        );
    }

    private static TrialRow Row(StudyPlan plan, StudyState state, int trial, ValueList<Assignment> settings)
    {
        TrialTraining[] runs = [.. state.Of(trial)];
        int rung = runs.Min(run => run.Rung);
        int? scored = Enumerable
            .Range(0, rung + 1)
            .Reverse()
            .Select(at => (int?)at)
            .FirstOrDefault(at => state.ScoreOf(trial, at!.Value) is not null);
        int all = plan.TrialRecipe(settings, 0).Phases.Sum(phase => phase.Epochs);
        return new TrialRow(
            trial,
            settings,
            StateOf(runs, plan.Schedule.Last),
            scored is { } reached ? state.ScoreOf(trial, reached) : null,
            scored is { } at ? plan.Schedule.Until(at) ?? all : 0,
            [
                .. state
                    .Scores.Where(score => score.Trial == trial && score.Rung == scored)
                    .Select(score => score.Score.Accuracy),
            ],
            [.. runs.Select(run => run.Name)]
        );
    }

    private static TrialState StateOf(IReadOnlyList<TrialTraining> runs, int last) =>
        runs.Any(run => run.State == TrialTrainingState.Diverged) ? TrialState.Diverged
        : runs.Any(run => run.State == TrialTrainingState.Stopped) ? TrialState.Stopped
        : runs.All(run => run.State == TrialTrainingState.Done && run.Rung == last) ? TrialState.Finished
        : TrialState.Open;

    private static bool AreEqual(HeldOutScore a, HeldOutScore? b) =>
        b is not null && Math.Round(a.Accuracy, 9) == Math.Round(b.Accuracy, 9);
}

/// <summary>A trial.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Settings">What it sets.</param>
/// <param name="State">How it ended, or where it is.</param>
/// <param name="Score">On held-out images, the mean over splits, at the last rung that all splits reached; null before.</param>
/// <param name="Epochs">The epochs after which that was.</param>
/// <param name="Splits">Balanced held-out accuracy of each split there, in percent.</param>
/// <param name="Runs">The names of its run folders.</param>
internal sealed record TrialRow(
    int Number,
    ValueList<Assignment> Settings,
    TrialState State,
    HeldOutScore? Score,
    int Epochs,
    IReadOnlyList<double> Splits,
    IReadOnlyList<string> Runs
);
