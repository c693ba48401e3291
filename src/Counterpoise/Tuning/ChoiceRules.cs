using System.Globalization;
using Counterpoise.Metrics;
using Counterpoise.Runs;

namespace Counterpoise.Tuning;

/// <summary>
/// Decides between candidates: each is trained to its end without the first fold, those that are not told apart from the
/// best without the second, and so on, as successive halving does with epochs; then the cheapest of those left is trained on
/// everything. Folds, not epochs, since whoever learns slowly at first may be better at the end.
/// </summary>
/// <param name="plan">What is compared.</param>
/// <param name="runs">The folder of the run folders.</param>
internal sealed class ChoiceRules(StudyPlan plan, string runs) : IStudyRules
{
    /// <summary>The number of the trial that was chosen.</summary>
    internal const string ChosenKey = "chosen";

    /// <summary>The time since the choice began, in seconds.</summary>
    internal const string SpentKey = "spent";

    /// <inheritdoc/>
    public TrialTraining? Next(StudyRows rows, bool retrains)
    {
        while (true)
        {
            StudyState state = rows.State;
            if (Chosen(rows) is { } chosen)
            {
                return retrains ? Final(state, chosen) : null;
            }

            ChoiceTime time = Time(rows);
            if (Waiting(state).FirstOrDefault(time.IsEnoughFor) is { } next)
            {
                return next;
            }

            if (time.Left > 0 && Propose(rows, state))
            {
                continue;
            }

            if (state.Runs.Any(run => run.State == TrialTrainingState.Running))
            {
                return null;
            }

            if ((time.Left <= 0 || !Promote(rows, state)) && !Decide(rows, rows.State))
            {
                return null; // Nothing was trained to the end.
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan? LimitOf(StudyRows rows, TrialTraining run) =>
        run.Split is null ? null : TimeSpan.FromSeconds(Math.Max(0, Time(rows).LimitOf(run)));

    /// <summary>The trial that was chosen; null before.</summary>
    internal static int? Chosen(StudyRows rows) =>
        rows.Description.GetValueOrDefault(ChosenKey) is { } trial
            ? int.Parse(trial, CultureInfo.InvariantCulture)
            : null;

    /// <summary>The seconds since the choice began.</summary>
    internal static double Spent(StudyRows rows) =>
        rows.Description.GetValueOrDefault(SpentKey) is { } seconds
            ? double.Parse(seconds, CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Whether a trial was neither told apart from a better one nor diverged.</summary>
    internal static bool IsInRace(StudyState state, int trial) =>
        state.Of(trial).All(run => run.State is not (TrialTrainingState.Stopped or TrialTrainingState.Diverged));

    /// <summary>Of how many folds it is known what a trial says, from the first: a training has that number as its rung.</summary>
    internal static int Folds(StudyState state, int trial) =>
        state.Of(trial).Where(HasSaid).Select(run => run.Rung).DefaultIfEmpty(0).Max();

    /// <summary>What the classifiers of a trial say of its first folds.</summary>
    internal static PredictedImages Said(string runs, StudyState state, int trial, int folds)
    {
        PredictedImages[] each =
        [
            .. state
                .Of(trial)
                .Where(HasSaid)
                .OrderBy(run => run.Split)
                .Select(run => PredictedImages.Read(Path.Combine(runs, run.Name, RunFiles.OutOfFold))),
        ];
        return each[0] with { Images = [.. each.SelectMany(said => said.Images).Where(image => image.Fold < folds)] };
    }

    private static bool HasSaid(TrialTraining run) =>
        run.State is TrialTrainingState.Done or TrialTrainingState.Stopped;

    private static IEnumerable<TrialTraining> Waiting(StudyState state) =>
        state
            .Runs.Where(run =>
                run.State == TrialTrainingState.Waiting && run.Split is not null && IsInRace(state, run.Trial)
            )
            .OrderBy(run => run.Rung)
            .ThenBy(run => run.Trial);

    private ChoiceTime Time(StudyRows rows) => new(plan, rows.State, rows.Took, Spent(rows));

    private bool Propose(StudyRows rows, StudyState state)
    {
        int number = state.Settings.Count;
        if (number >= plan.Trials || plan.Untried(state.Settings, []) is not { } settings)
        {
            return false;
        }

        rows.AddTrial(number, settings);
        rows.Save(
            new TrialTraining(
                number,
                Split: 0,
                plan.IsOfAllFolds(settings) ? plan.Splits : 1,
                TrialTrainingState.Waiting
            )
        );
        return true;
    }

    /// <summary>Leaves out who is told apart from the best, and sends the others to the next fold; those that have no time left for theirs stay where they are.</summary>
    /// <returns>Whether there are several to send.</returns>
    private bool Promote(StudyRows rows, StudyState state)
    {
        int[] race = [.. Race(state).Where(trial => state.Of(trial).All(run => run.State == TrialTrainingState.Done))];
        int folds = race.Select(trial => Folds(state, trial)).DefaultIfEmpty(0).Min();
        int[] left = Best(rows, state, race);
        if (left.Length < 2 || folds == plan.Splits)
        {
            return false;
        }

        foreach (int trial in left.Where(trial => Folds(state, trial) == folds))
        {
            rows.Save(new TrialTraining(trial, folds, folds + 1, TrialTrainingState.Waiting));
        }

        return true;
    }

    /// <summary>Chooses the cheapest kind of those that are not told apart from the best, and of that kind the best.</summary>
    private bool Decide(StudyRows rows, StudyState state)
    {
        int[] race = [.. Race(state)];
        if (race.Length == 0)
        {
            return false;
        }

        ChoiceTime time = Time(rows);
        int[] cheapest =
        [
            .. Best(rows, state, race)
                .GroupBy(trial => (IsLate: !time.IsEnoughForWhole(trial), CandidateOf(state, trial).Cost))
                .MinBy(kind => kind.Key)!,
        ];
        int leader = Compare(state, cheapest, cheapest.Min(trial => Folds(state, trial))).Leader;
        rows.Put(ChosenKey, cheapest[leader].ToString(CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>Those that are not told apart from the best on the folds that both have; the others are left out of the race.</summary>
    private int[] Best(StudyRows rows, StudyState state, int[] race)
    {
        List<int> left = [.. race];
        foreach (int folds in race.Select(trial => Folds(state, trial)).Distinct().OrderDescending())
        {
            int[] compared = [.. left.Where(trial => Folds(state, trial) >= folds)];
            FoldComparison comparison = Compare(state, compared, folds);
            foreach (int trial in compared.Where((_, place) => comparison.IsWorse[place]))
            {
                TrialTraining last = state.Of(trial).Where(HasSaid).MaxBy(run => run.Split)!;
                rows.Save(last with { State = TrialTrainingState.Stopped });
                left.Remove(trial);
            }
        }

        return [.. left];
    }

    /// <summary>The trials that can be compared: in the race, and trained without a fold at least.</summary>
    private static IEnumerable<int> Race(StudyState state) =>
        Enumerable.Range(0, state.Settings.Count).Where(trial => IsInRace(state, trial) && Folds(state, trial) > 0);

    private FoldComparison Compare(StudyState state, IEnumerable<int> trials, int folds) =>
        new([.. trials.Select(trial => Said(runs, state, trial, folds))], plan.Run.Recipe.Data.Seed);

    private Candidate CandidateOf(StudyState state, int trial) =>
        plan.Space.Candidates.First(candidate => candidate.Name == state.Settings[trial][0].Value);

    private static TrialTraining? Final(StudyState state, int chosen) =>
        state.Final is { } begun ? (begun.State == TrialTrainingState.Waiting ? begun : null)
        : state.Runs.Any(run => run.State == TrialTrainingState.Running) ? null
        : new TrialTraining(chosen, null, 0, TrialTrainingState.Waiting);
}
