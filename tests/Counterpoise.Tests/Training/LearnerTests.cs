using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

public sealed class LearnerTests
{
    private const double Decay = 0.5;

    [Theory]
    [InlineData("resnet8", "conv1.weight", 3)]
    [InlineData("resnet8", "layer1.0.bn1.bias", 3)]
    [InlineData("resnet8", "layer2.0.conv2.weight", 2)]
    [InlineData("resnet8", "layer3.0.conv1.weight", 1)]
    [InlineData("resnet8", "linear.bias", 0)]
    [InlineData("cifar-densenet121", "features.transition2.conv.weight", 3)]
    [InlineData("cifar-densenet121", "features.norm5.weight", 1)]
    public void The_learning_rate_falls_with_every_stage_between_a_parameter_and_the_logits(
        string network,
        string parameter,
        int depth
    )
    {
        Phase phase = PhaseOf(new TrainingSettings { LayerDecay = Decay });
        Assert.Equal(Math.Pow(Decay, depth), Learning(network, phase)[parameter].RateFactor);
    }

    [Fact]
    public void It_joins_with_what_a_method_asks_for()
    {
        Recipe recipe = PhaseRuns.Recipe("oltr", $"training.layer_decay={Decay}");
        using var state = new TrainingState(recipe, 3, PhaseRuns.Execution);
        state.EnterNextPhase()?.Dispose();
        var factors = Learner
            .Settle(state.Network, state.Phase, frozenStages: 0)
            .ToDictionary(learner => learner.Name, learner => learner.RateFactor);
        Assert.Equal(1, factors["linear.weight"]);
        Assert.Equal(0.1, factors["linear.centroids"]);
        Assert.Equal(0.1 * Decay, factors["layer3.0.conv1.weight"], 1e-12);
        Assert.Equal(0.1 * Math.Pow(Decay, 3), factors["conv1.weight"], 1e-12);
    }

    [Fact]
    public void Unless_told_otherwise_all_learns_at_one_rate_and_decays_alike() =>
        Assert.All(
            Learning("resnet8", PhaseOf(new TrainingSettings())).Values,
            learner => Assert.Equal((1, 2e-4), (learner.RateFactor, learner.WeightDecay))
        );

    [Fact]
    public void Weight_decay_can_leave_biases_and_normalisation_alone()
    {
        var settings = new TrainingSettings { WeightDecayOn = DecayedParameters.Kernels };
        var decayed = Learning("resnet8", PhaseOf(settings))
            .Values.ToLookup(learner => learner.WeightDecay > 0, learner => learner.Name);
        Assert.All(
            decayed[true],
            name => Assert.True(name.Contains("conv", StringComparison.Ordinal) || name == "linear.weight", name)
        );
        Assert.All(
            decayed[false],
            name => Assert.True(name.Contains("bn", StringComparison.Ordinal) || name == "linear.bias", name)
        );
        Assert.NotEmpty(decayed[false]);
    }

    [Fact]
    public void What_a_method_freezes_stays_frozen_and_what_the_recipe_freezes_does_too()
    {
        Phase phase = PhaseOf(new TrainingSettings()) with { Groups = new(new ParameterGroup("layer3.0.conv1", 0)) };
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(3, new Draws(1));
        string[] learning = [.. Learner.Settle(network, phase, frozenStages: 2).Select(learner => learner.Name)];
        Assert.DoesNotContain("layer3.0.conv1.weight", learning);
        Assert.Contains("layer3.0.conv2.weight", learning);
        Assert.All(learning, name => Assert.True(network.PlaceOf(name) > 2, name));
        Assert.Equal(3, network.LearnsFrom);
        Assert.All(
            network.named_parameters(),
            pair => Assert.Equal(learning.Contains(pair.name), pair.parameter.requires_grad)
        );
    }

    private static Phase PhaseOf(TrainingSettings settings) => new("train", settings);

    private static Dictionary<string, Learner> Learning(string name, Phase phase)
    {
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(3, new Draws(1));
        return Learner.Settle(network, phase, frozenStages: 0).ToDictionary(learner => learner.Name);
    }
}
