using Counterpoise.Phases;

namespace Counterpoise.Training;

/// <summary>The learning rate as a pure function of the step.</summary>
/// <remarks>
/// With S steps an epoch, T steps in all and warm-up over w epochs: lr (t + 1) / (w S) for t below w S, then the chosen
/// form; the cosine is lr / 2 (1 + cos(pi (t - w S) / (T - w S))).
/// </remarks>
internal static class LearningRateSchedule
{
    /// <summary>The learning rate of one step.</summary>
    /// <param name="settings">Base rate, warm-up and form.</param>
    /// <param name="step">t: the step, from 0.</param>
    /// <param name="stepsPerEpoch">S: steps an epoch.</param>
    /// <param name="epochs">The number of epochs, so that T = epochs S.</param>
    public static double At(TrainingSettings settings, long step, long stepsPerEpoch, int epochs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        long warmup = settings.Warmup * stepsPerEpoch;
        if (step < warmup)
        {
            return settings.LearningRate * (step + 1) / warmup;
        }

        long total = epochs * stepsPerEpoch;
        return settings.LearningRate
            * settings.Schedule switch
            {
                ScheduleKind.Cosine => 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / (total - warmup))),
                ScheduleKind.MultiStep => Math.Pow(
                    settings.Factor,
                    settings.Milestones.Count(milestone => step >= milestone * stepsPerEpoch)
                ),
                _ => 1,
            };
    }
}
