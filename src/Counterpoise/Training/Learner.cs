using Counterpoise.Networks;
using Counterpoise.Phases;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Counterpoise.Training;

/// <summary>A parameter that learns.</summary>
/// <param name="Name">Its full name in the network.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="RateFactor">Its learning rate over that of the step.</param>
/// <param name="WeightDecay">How much of it is added to its gradient, or taken off at the learning rate.</param>
internal sealed record Learner(string Name, Parameter Parameter, double RateFactor, double WeightDecay)
{
    private const string HeadPrefix = "head.";

    /// <summary>What of a network learns in a phase, and tells the network and its parameters so.</summary>
    /// <param name="network">The network.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="frozenStages">How many stages do not learn, the stem and the first ones.</param>
    internal static IReadOnlyList<Learner> Settle(StagedNetwork network, Phase phase, int frozenStages)
    {
        List<Learner> learning = [];
        network.LearnsFrom = network.Stages.Count;
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            int stage = network.PlaceOf(name);
            double factor = stage <= frozenStages ? 0 : RateOf(network, phase, name, stage);
            parameter.requires_grad = factor > 0;
            if (factor > 0)
            {
                network.LearnsFrom = Math.Min(network.LearnsFrom, stage);
                learning.Add(new Learner(name, parameter, factor, DecayOf(phase.Training, parameter)));
            }
        }

        return learning;
    }

    /// <summary>What methods ask for, times a factor for every stage that lies between a parameter and the logits.</summary>
    private static double RateOf(StagedNetwork network, Phase phase, string name, int stage)
    {
        string known = network.IsOfHead(name) ? HeadPrefix + name[(network.HeadName.Length + 1)..] : name;
        return phase.RateFactor(known) * Math.Pow(phase.Training.LayerDecay, network.Stages.Count - stage);
    }

    private static double DecayOf(TrainingSettings training, Tensor parameter) =>
        training.WeightDecayOn == DecayedParameters.All || parameter.dim() > 1 ? training.WeightDecay : 0;
}
