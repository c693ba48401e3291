using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>What the second phases of methods have in common.</summary>
internal static class SecondPhase
{
    /// <summary>The first phase's settings with others for its length and rate: no warm-up, and a cosine to 0.</summary>
    internal static TrainingSettings Settings(Phase first, int epochs, double learningRate, double weightDecay) =>
        first.Training with
        {
            Epochs = epochs,
            LearningRate = learningRate,
            WeightDecay = weightDecay,
            Warmup = 0,
            Schedule = ScheduleKind.Cosine,
        };
}
