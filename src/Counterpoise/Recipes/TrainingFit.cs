using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Recipes;

/// <summary>Refuses settings of a training that its network or its methods have no meaning for.</summary>
internal static class TrainingFit
{
    /// <exception cref="UsageException">A setting does not fit; the message names it.</exception>
    internal static void Require(TrainingSettings training, NetworkDescription network, IEnumerable<Phase> phases)
    {
        RequireStage(training, network);
        foreach (Phase phase in phases.Where(phase => phase.Training.LabelSmoothing > 0))
        {
            if (phase.Loss is { Value.SmoothsLabels: false } loss)
            {
                throw new UsageException(
                    $"training.label_smoothing is {phase.Training.LabelSmoothing}, but the loss of {loss.By} has no meaning for smoothed labels; "
                        + $"set {Named("training.label_smoothing")}=0, or choose another method."
                );
            }
        }
    }

    private static void RequireStage(TrainingSettings training, NetworkDescription network)
    {
        string[] stages = [.. network.Stages.Skip(1)]; // The input has nothing that could learn.
        if (training.Freeze.Length > 0 && !stages.Contains(training.Freeze))
        {
            throw new UsageException(
                $"training.freeze is '{training.Freeze}', which is no stage of {network.Name}; {Nearest.Hint(training.Freeze, stages)}"
            );
        }

        if (training.UnfreezeAfter > 0 && training.Freeze.Length == 0)
        {
            throw new UsageException(
                $"training.unfreeze_after is {training.UnfreezeAfter}, but nothing is frozen; "
                    + $"say up to which stage with {Named("training.freeze")}, such as {stages[^1]} for all but the head."
            );
        }
    }
}
