namespace Counterpoise.Tuning;

/// <summary>What is left of a choice's time, by what trainings took so far.</summary>
internal sealed class ChoiceTime
{
    /// <summary>Trainings do not take the same time twice.</summary>
    private const double Allowance = 1.2;

    private readonly StudyPlan plan;
    private readonly StudyState state;
    private readonly IReadOnlyDictionary<string, double> took;
    private readonly double remaining;

    /// <param name="plan">The plan, with its time.</param>
    /// <param name="state">What is known of the trials.</param>
    /// <param name="took">How long each training took so far, in seconds.</param>
    /// <param name="spent">The time since the choice began, interruptions not counted, in seconds.</param>
    internal ChoiceTime(StudyPlan plan, StudyState state, IReadOnlyDictionary<string, double> took, double spent)
    {
        this.plan = plan;
        this.state = state;
        this.took = took;
        remaining = plan.Budget!.Value.TotalSeconds - spent;
        double reserve = Enumerable
            .Range(0, state.Settings.Count)
            .Where(trial => ChoiceRules.IsInRace(state, trial) && ChoiceRules.Folds(state, trial) > 0)
            .Select(OfWhole)
            .DefaultIfEmpty(0)
            .Max();
        Left = remaining - reserve;
    }

    /// <summary>The seconds that are left for comparing: without those that training the slowest candidate on everything may take.</summary>
    internal double Left { get; }

    /// <summary>Whether a candidate can be expected to be trained on everything in time.</summary>
    internal bool IsEnoughForWhole(int trial) => OfWhole(trial) <= remaining;

    /// <summary>Whether a training that is waiting can be expected to end in time.</summary>
    internal bool IsEnoughFor(TrialTraining run) =>
        LimitOf(run) > 0 && (Longest(run.Trial) - took.GetValueOrDefault(run.Name)) * Allowance <= Left;

    /// <summary>The seconds that a training may go on: whoever takes longer could not be trained on everything in time.</summary>
    internal double LimitOf(TrialTraining run)
    {
        double whole = Whole(run.Trial);
        return Math.Min(Left, (remaining - (took.GetValueOrDefault(run.Name) * whole)) / (1 + whole));
    }

    private double OfWhole(int trial) => Longest(trial) * Whole(trial);

    /// <summary>How much longer training a candidate on everything takes, at most, than what was compared.</summary>
    private double Whole(int trial) =>
        Allowance * (plan.IsOfAllFolds(state.Settings[trial]) ? 1 : plan.Splits / (plan.Splits - 1.0));

    private double Longest(int trial) =>
        state.Of(trial).Select(run => took.GetValueOrDefault(run.Name)).DefaultIfEmpty(0).Max();
}
