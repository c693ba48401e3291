using Counterpoise.Metrics;

namespace Counterpoise.Tuning;

/// <summary>What became of a candidate.</summary>
internal enum Verdict
{
    /// <summary>It is compared with others.</summary>
    InRace,

    /// <summary>It was chosen.</summary>
    Chosen,

    /// <summary>It was not told apart from the best.</summary>
    Alike,

    /// <summary>It was told apart from a better one.</summary>
    Worse,

    /// <summary>Its training diverged.</summary>
    Diverged,

    /// <summary>There was no time for it.</summary>
    Untried,
}

/// <summary>A choice between candidates, as it is now.</summary>
/// <param name="Rows">The candidates, in their order.</param>
/// <param name="FinalState">The state of the training on everything; null before it is begun.</param>
internal sealed record ChoiceResult(IReadOnlyList<ChoiceRow> Rows, TrialTrainingState? FinalState)
{
    /// <summary>The one that was chosen; null before.</summary>
    internal ChoiceRow? Chosen => Rows.FirstOrDefault(row => row.Verdict == Verdict.Chosen);

    internal static ChoiceResult Of(StudyPlan plan, string runs, StudyRows rows)
    {
        StudyState state = rows.State;
        IReadOnlyDictionary<string, double> took = rows.Took;
        int? chosen = ChoiceRules.Chosen(rows);
        int[] compared =
        [
            .. Enumerable.Range(0, state.Settings.Count).Where(trial => ChoiceRules.Folds(state, trial) > 0),
        ];
        int? best = chosen ?? (compared.Length > 0 ? compared.MaxBy(trial => ChoiceRules.Folds(state, trial)) : null);
        return new ChoiceResult([.. plan.Space.Candidates.Select(Row)], state.Final?.State);

        ChoiceRow Row(Candidate candidate, int trial)
        {
            if (trial >= state.Settings.Count || ChoiceRules.Folds(state, trial) is not (> 0 and var folds))
            {
                bool hasDiverged = state.Of(trial).Any(run => run.State == TrialTrainingState.Diverged);
                return new ChoiceRow(
                    candidate,
                    hasDiverged ? Verdict.Diverged
                        : chosen is null ? Verdict.InRace
                        : Verdict.Untried,
                    0,
                    null,
                    null,
                    0
                );
            }

            // The folds that it has in common with the one it is compared with.
            int common = Math.Min(folds, ChoiceRules.Folds(state, best!.Value));
            var pair = new FoldComparison(
                [ChoiceRules.Said(runs, state, trial, common), ChoiceRules.Said(runs, state, best.Value, common)],
                plan.Run.Recipe.Data.Seed
            );
            return new ChoiceRow(
                candidate,
                trial == chosen ? Verdict.Chosen
                    : state.Of(trial).Any(run => run.State == TrialTrainingState.Diverged) ? Verdict.Diverged
                    : !ChoiceRules.IsInRace(state, trial) ? Verdict.Worse
                    : chosen is null ? Verdict.InRace
                    : Verdict.Alike,
                folds,
                pair.Scores[0],
                trial == best ? null : pair.DifferenceOf(0, 1),
                state.Of(trial).Sum(run => took.GetValueOrDefault(run.Name))
            );
        }
    }
}

/// <summary>A candidate in the table of a choice.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Folds">The folds that it was trained without.</param>
/// <param name="Score">Balanced accuracy on the folds that it has in common with the best, in percent; null for none.</param>
/// <param name="Difference">That score less the chosen one's on the same images; null for the chosen one itself.</param>
/// <param name="Seconds">The time of its trainings.</param>
internal sealed record ChoiceRow(
    Candidate Candidate,
    Verdict Verdict,
    int Folds,
    HeldOutScore? Score,
    PairedDifference? Difference,
    double Seconds
);
