namespace Counterpoise.Phases;

/// <summary>When settings of a training act that do not act throughout it.</summary>
internal static class TrainingTimes
{
    private static readonly TrainingSettings Usual = new();

    /// <summary>Those that the learning rate of a phase follows.</summary>
    internal static IEnumerable<ActingTime> OfPhase(TrainingSettings training) =>
        [
            new(
                "training.schedule",
                training.Warmup,
                $"it begins after epoch {training.Warmup}, at the end of training.warmup"
            ),
            .. training.Schedule == ScheduleKind.MultiStep
                ? training.Milestones.Select(milestone => new ActingTime(
                    $"{milestone} of training.milestones",
                    Math.Max(milestone, training.Warmup),
                    $"it lowers the learning rate after epoch {Math.Max(milestone, training.Warmup)}"
                ))
                : [],
        ];

    /// <summary>Those that count epochs of a whole run.</summary>
    /// <remarks>The first test of a usual training surprises nobody by being the one at the end.</remarks>
    internal static IEnumerable<ActingTime> OfRun(TrainingSettings training) =>
        [
            .. training.UnfreezeAfter > 0
                ?
                [
                    new ActingTime(
                        "training.unfreeze_after",
                        training.UnfreezeAfter,
                        $"what is frozen up to {training.Freeze} would learn after epoch {training.UnfreezeAfter}"
                    ),
                ]
                : (ActingTime[])[],
            .. training.EvaluateEvery > 0 && training.EvaluateEvery != Usual.EvaluateEvery
                ?
                [
                    new ActingTime(
                        "training.evaluate_every",
                        training.EvaluateEvery,
                        $"the first test before the end would be after epoch {training.EvaluateEvery}"
                    ),
                ]
                : (ActingTime[])[],
        ];
}
