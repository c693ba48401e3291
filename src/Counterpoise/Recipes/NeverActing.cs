using Counterpoise.Phases;

namespace Counterpoise.Recipes;

/// <summary>Finds the methods and settings of a recipe that act in none of the epochs that are trained.</summary>
internal static class NeverActing
{
    /// <summary>A line for each.</summary>
    /// <param name="recipe">A resolved recipe.</param>
    internal static IReadOnlyList<string> Of(Recipe recipe)
    {
        IEnumerable<string> ofPhases = recipe
            .Phases.Where(HasSteps)
            .SelectMany(phase =>
                Lines(
                    Slots(phase)
                        .SelectMany(slot => slot.ActsIn(phase.Epochs))
                        .Concat(phase == recipe.Phases[0] ? TrainingTimes.OfPhase(phase.Training) : []),
                    phase.Epochs
                )
            );
        int last = recipe.Phases.ToList().FindLastIndex(HasSteps);
        int epochs = recipe.Phases.Take(last + 1).Sum(phase => phase.Epochs);
        return [.. ofPhases, .. last < 0 ? [] : Lines(TrainingTimes.OfRun(recipe.Training), epochs)];
    }

    private static IEnumerable<string> Lines(IEnumerable<ActingTime> times, int epochs) =>
        times
            .Where(time => time.IsNever(epochs))
            .Select(time =>
                $"{time.What} never acts: {time.When}, and {epochs} {(epochs == 1 ? "epoch is" : "epochs are")} trained."
            );

    private static IEnumerable<ITimed> Slots(Phase phase) =>
        new object?[]
        {
            phase.Mixer?.Value,
            phase.Weights?.Value,
            phase.Loss?.Value,
            phase.Sampler?.Value,
            phase.Head?.Value,
        }
            .OfType<ITimed>()
            .Distinct();

    /// <summary>What is fitted or computed at once has no course that anything could follow.</summary>
    private static bool HasSteps(Phase phase) =>
        phase is { Epochs: > 0, IsEstimated: false, Training.Optimizer: not OptimizerKind.Lbfgs };
}
