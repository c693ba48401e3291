using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Networks;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class FreezingTests : IDisposable
{
    private readonly PhaseRuns runs = new();

    public static TheoryData<string> Networks => [.. NetworkCatalogue.All.Select(network => network.Name)];

    public void Dispose() => runs.Dispose();

    /// <summary>A parameter belongs to the first stage whose map depends on it.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_parameter_belongs_to_the_stage_that_it_computes(string name)
    {
        using StagedNetwork network = NetworkCatalogue.Find(name).Create(3, new Draws(1));
        network.eval();
        using var scope = NewDisposeScope();
        (string Name, Parameter Parameter)[] parameters = [.. network.named_parameters()];
        int[] wanted = [.. parameters.Select(_ => network.Stages.Count)];
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 1, 3, 32, 32));
        for (int stage = network.Stages.Count - 1; stage > 0; stage--)
        {
            Tensor? map = null;
            network.Map(images, (at, output) => at == stage ? map = output : output);
            IList<Tensor> slopes = autograd.grad(
                [map!.sum()],
                [.. parameters.Select(pair => (Tensor)pair.Parameter)],
                allow_unused: true
            );
            for (int i = 0; i < wanted.Length; i++)
            {
                wanted[i] = slopes[i] is null or { IsInvalid: true } ? wanted[i] : stage;
            }
        }

        Assert.All(parameters.Zip(wanted), pair => Assert.Equal(pair.Second, network.PlaceOf(pair.First.Name)));
        Assert.All(
            network.named_buffers(),
            buffer =>
                Assert.Equal(
                    network.PlaceOf($"{buffer.name[..buffer.name.LastIndexOf('.')]}.weight"),
                    network.PlaceOf(buffer.name)
                )
        );
    }

    [Theory]
    [InlineData("layer1", 1)]
    [InlineData("layer2", 2)]
    [InlineData("layer3", 3)]
    public void What_is_frozen_keeps_its_bits_and_its_statistics_and_the_rest_learns(string freeze, int stages)
    {
        Recipe recipe = PhaseRuns.Recipe("mfw", $"training.freeze={freeze}");
        using StagedNetwork start = recipe.Network.Create(10, new Draws(recipe.Seed));
        var before = NetworkParameters.Of(start).ToDictionary(pair => pair.Key, pair => Numbers.Of(pair.Value));

        Dictionary<string, double[]> after = PhaseRuns.Numbers(runs.Train("frozen", recipe));

        Assert.All(
            before,
            pair => Assert.Equal(start.PlaceOf(pair.Key) <= stages, pair.Value.SequenceEqual(after[pair.Key]))
        );
        Assert.Equal(
            start.named_parameters().Where(pair => start.PlaceOf(pair.name) > stages).Select(pair => pair.name).Order(),
            after.Keys.Where(IsMomentum).Select(name => name["momentum.".Length..]).Order()
        );
    }

    [Fact]
    public void The_slopes_of_what_learns_are_those_of_a_network_that_learns_as_a_whole()
    {
        using var scope = NewDisposeScope();
        Recipe recipe = PhaseRuns.Recipe("erm", "training.freeze=layer2", "data.image_size=8", "data.pad=1");
        using var state = new TrainingState(recipe, 3, PhaseRuns.Execution);
        Slow.Fill(state.Network, 3, deviation: 0.3);
        state.BeginEpoch(Ranks.Alone);
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 4, 3, 8, 8));
        StepBatch batch = TrainingStep.BatchOf(state.Phase, Contexts.At([9, 5, 2]), images, [0, 1, 2, 0]);
        Tensor?[] found = state.Compute(batch, Ranks.Alone).Gradients;
        Assert.Equal(3, state.Network.LearnsFrom);
        Assert.All(state.Optimizer.Parameters.Zip(found), pair => Assert.Equal(pair.First.shape, pair.Second!.shape));

        state.Network.LearnsFrom = 1;
        Parameter[] all = [.. state.Network.parameters()];
        Array.ForEach(all, parameter => parameter.requires_grad = true);
        Tensor?[] wanted = TrainingStep.Compute(state.Network, state.Phase, batch, all, Ranks.Alone).Gradients;

        for (int i = 0; i < found.Length; i++)
        {
            int place = Array.FindIndex(all, parameter => ReferenceEquals(parameter, state.Optimizer.Parameters[i]));
            Numbers.AssertClose(wanted[place]!, found[i]!, 1e-4);
        }
    }

    [Fact]
    public void The_head_learns_alone_at_first_and_then_everything_does()
    {
        Recipe recipe = PhaseRuns.Recipe("erm", "training.freeze=layer3", "training.unfreeze_after=1");
        using StagedNetwork start = recipe.Network.Create(10, new Draws(recipe.Seed));
        RunFolder run = runs.Train("warm", recipe);
        Dictionary<string, double[]> first = PhaseRuns.Numbers(run.Checkpoints.Single(file => file.Epoch == 1));
        Dictionary<string, double[]> last = PhaseRuns.Numbers(run);

        foreach ((string name, Tensor tensor) in NetworkParameters.Of(start))
        {
            Assert.Equal(!start.IsOfHead(name), first[name].SequenceEqual(Numbers.Of(tensor)));
            Assert.NotEqual(first[name], last[name]);
        }

        // From then on it is saved as it is gone on with: by an optimizer that has seen nothing.
        Assert.Equal(start.parameters().Count(), first.Keys.Count(IsMomentum));
        Assert.All(first.Keys.Where(IsMomentum), name => Assert.All(first[name], value => Assert.Equal(0, value)));
    }

    [Theory]
    [InlineData("step 1.2")]
    [InlineData("epoch 1")]
    [InlineData("step 2.1")]
    [InlineData("what was frozen up to layer3 learns")]
    public void Stopped_before_and_after_it_ends_with_the_same_bits(string moment)
    {
        Recipe recipe = PhaseRuns.Recipe("crt", "training.freeze=layer3", "training.unfreeze_after=1", "crt.epochs=1");
        RunFolder whole = runs.Train("whole", recipe);
        runs.TrainUntil("stopped", recipe, moment);
        PhaseRuns.AssertSame(whole, runs.Train("stopped", recipe));
    }

    [Theory]
    [InlineData("layr2", "training.freeze is 'layr2', which is no stage of resnet8; did you mean 'layer2'?")]
    [InlineData(
        "input",
        "training.freeze is 'input', which is no stage of resnet8; known are: layer1, layer2, layer3."
    )]
    public void A_stage_that_the_network_does_not_have_is_refused(string freeze, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<UsageException>(() => PhaseRuns.Recipe("erm", $"training.freeze={freeze}")).Message
        );

    [Fact]
    public void Unfreezing_what_is_not_frozen_is_refused() =>
        Assert.Equal(
            "training.unfreeze_after is 2, but nothing is frozen; say up to which stage with training.freeze, such as layer3 for all but the head.",
            Assert.Throws<UsageException>(() => PhaseRuns.Recipe("erm", "training.unfreeze_after=2")).Message
        );

    [Fact]
    public void What_will_surprise_is_said()
    {
        Recipe recipe = PhaseRuns.Recipe("erm", "training.freeze=layer3", "training.unfreeze_after=2");
        Assert.Equal(
            [
                "training.unfreeze_after never acts: what is frozen up to layer3 would learn after epoch 2, and 2 epochs are trained.",
                "training.freeze is layer3, but pretrained is empty: what is frozen keeps its random parameters.",
            ],
            Trainer.Check(recipe, runs.Data(recipe))
        );
    }

    private static bool IsMomentum(string name) => name.StartsWith("momentum.", StringComparison.Ordinal);
}
