namespace Counterpoise.Tuning;

/// <summary>Decides between settings: what was begun is trained next, else a new trial, else the best of a rung, else the final training.</summary>
/// <param name="plan">What is tried.</param>
internal sealed class StudyRules(StudyPlan plan) : IStudyRules
{
    /// <inheritdoc/>
    public TrialTraining? Next(StudyRows rows, bool retrains)
    {
        StudyState state = rows.State;
        if (Waiting(state) is { } run)
        {
            return run;
        }

        if (Proposal(rows, state) || Promotion(rows, state))
        {
            return Waiting(rows.State);
        }

        return retrains ? Final(state) : null;
    }

    private static TrialTraining? Waiting(StudyState state) =>
        state
            .Runs.Where(run =>
                run.State == TrialTrainingState.Waiting && run.Split is not null && !HasDiverged(state, run.Trial)
            )
            .OrderBy(run => run.Rung)
            .ThenBy(run => run.Trial)
            .ThenBy(run => run.Split)
            .FirstOrDefault();

    /// <summary>The other splits of a trial that diverged are not worth training.</summary>
    private static bool HasDiverged(StudyState state, int trial) =>
        state.Of(trial).Any(run => run.State == TrialTrainingState.Diverged);

    private bool Proposal(StudyRows rows, StudyState state)
    {
        int number = state.Settings.Count;
        if (number >= plan.Trials || plan.Untried(state.Settings, state.Scored) is not { } settings)
        {
            return false;
        }

        rows.AddTrial(number, settings);
        for (int split = 0; split < plan.Splits; split++)
        {
            rows.Save(new TrialTraining(number, split, 0, TrialTrainingState.Waiting));
        }

        return true;
    }

    /// <summary>Sends the best trials of the lowest complete rung to the next, and stops the others.</summary>
    private bool Promotion(StudyRows rows, StudyState state)
    {
        if (state.Runs.Any(run => run.State == TrialTrainingState.Running))
        {
            return false;
        }

        for (int rung = 0; rung < plan.Schedule.Last; rung++)
        {
            IReadOnlyList<int> ranked = state.Ranked(rung);
            if (ranked.Count == 0)
            {
                continue;
            }

            int entered = Enumerable
                .Range(0, state.Settings.Count)
                .Count(trial => state.Of(trial).All(r => r.Rung == rung));
            int survivors = plan.Schedule.Survivors(entered);
            for (int place = 0; place < ranked.Count; place++)
            {
                foreach (TrialTraining run in state.Of(ranked[place]))
                {
                    rows.Save(
                        place < survivors
                            ? run with
                            {
                                Rung = rung + 1,
                                State = TrialTrainingState.Waiting,
                            }
                            : run with
                            {
                                State = TrialTrainingState.Stopped,
                            }
                    );
                }
            }

            return true;
        }

        return false;
    }

    private TrialTraining? Final(StudyState state)
    {
        if (state.Final is { } begun)
        {
            return begun.State == TrialTrainingState.Waiting ? begun : null;
        }

        bool running = state.Runs.Any(run => run.State == TrialTrainingState.Running);
        return !running && state.Ranked(plan.Schedule.Last) is [var best, ..]
            ? new TrialTraining(best, null, 0, TrialTrainingState.Waiting)
            : null;
    }
}
