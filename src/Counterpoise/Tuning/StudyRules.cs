namespace Counterpoise.Tuning;

/// <summary>Decides what is trained next: what was begun, else a new trial, else the best of a rung, else the final training.</summary>
internal static class StudyRules
{
    /// <summary>The next training, which may be noted as waiting on the way.</summary>
    /// <returns>Null where there is none now: all is done, or what is running decides.</returns>
    internal static TrialTraining? Next(StudyRows rows, StudyPlan plan, bool retrains)
    {
        StudyState state = rows.State;
        if (Waiting(state) is { } run)
        {
            return run;
        }

        if (Proposal(rows, state, plan) || Promotion(rows, state, plan))
        {
            return Waiting(rows.State);
        }

        return retrains ? Final(state, plan) : null;
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

    private static bool Proposal(StudyRows rows, StudyState state, StudyPlan plan)
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
    private static bool Promotion(StudyRows rows, StudyState state, StudyPlan plan)
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

    private static TrialTraining? Final(StudyState state, StudyPlan plan)
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
