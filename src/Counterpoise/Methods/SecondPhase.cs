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

    /// <summary>A phase after one of a whole network: a method's head learns alone, from classes equally often.</summary>
    /// <param name="method">Makes the head.</param>
    /// <param name="first">The phase before.</param>
    /// <param name="training">Its length and rates.</param>
    /// <param name="learns">What the names of the parameters begin with that learn.</param>
    /// <param name="freezesStatistics">Whether normalisation keeps its statistics.</param>
    internal static Phase OfHead<TMethod>(
        TMethod method,
        Phase first,
        TrainingSettings training,
        string learns,
        bool freezesStatistics
    )
        where TMethod : Method, IHead
    {
        first.RequireWholeNetwork(method.Name);
        return new Phase(method.Name, training)
        {
            Groups = new(new ParameterGroup(learns, 1), new ParameterGroup("", 0)),
            FreezesStatistics = freezesStatistics,
        }
            .WithHead(method, method.Name)
            .WithSampler(new ClassAware(), method.Name);
    }

    /// <summary>A phase after one of a whole network: a method computes the head, in one epoch without steps.</summary>
    /// <param name="method">Computes the head.</param>
    /// <param name="first">The phase before.</param>
    internal static Phase Estimated<TMethod>(TMethod method, Phase first)
        where TMethod : Method, IEstimatedHead
    {
        first.RequireWholeNetwork(method.Name);
        return new Phase(method.Name, first.Training with { Epochs = 1, Warmup = 0, LearningRate = 0 })
        {
            Groups = new(new ParameterGroup("head.", 1), new ParameterGroup("", 0)),
            FreezesStatistics = true,
        }.WithHead(method, method.Name);
    }
}
