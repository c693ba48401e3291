namespace Counterpoise.Tuning.Choosing;

/// <summary>What is left of a choice's time, by what trainings took so far.</summary>
internal sealed class ChoiceTime
{
    /// <summary>Trainings do not take the same time twice.</summary>
    private const double Allowance = 1.2;

    private readonly StudyPlan plan;
    private readonly IReadOnlyDictionary<string, double> took;

    /// <param name="plan">The plan, with its time.</param>
    /// <param name="state">What is known of the trials.</param>
    /// <param name="took">How long each finished training took, in seconds.</param>
    /// <param name="spent">The time since the choice began, interruptions not counted, in seconds.</param>
    internal ChoiceTime(StudyPlan plan, StudyState state, IReadOnlyDictionary<string, double> took, double spent)
    {
        this.plan = plan;
        this.took = took;
        double whole = (double)plan.Splits / (plan.Splits - 1);
        double reserve = Enumerable
            .Range(0, state.Settings.Count)
            .Where(trial => ChoiceRules.IsInRace(state, trial))
            .Select(trial => Longest(state, trial) * whole * Allowance)
            .DefaultIfEmpty(0)
            .Max();
        Left = plan.Budget!.Value.TotalSeconds - spent - reserve;
    }

    /// <summary>The seconds that are left for comparing: without those that training the slowest candidate on everything may take.</summary>
    internal double Left { get; }

    /// <summary>Whether a training that is waiting can be expected to end in time.</summary>
    internal bool IsEnoughFor(StudyState state, TrialTraining run) =>
        Left > 0 && Longest(state, run.Trial) * Allowance <= Left;

    private double Longest(StudyState state, int trial) =>
        state.Of(trial).Select(run => took.GetValueOrDefault(run.Name)).DefaultIfEmpty(0).Max();
}
