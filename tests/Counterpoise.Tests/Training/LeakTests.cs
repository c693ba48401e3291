using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

[Collection(CountsTensors.Name)]
public sealed class LeakTests
{
    private static readonly Recipe Recipe = Recipe.Erm.With(new Mfw { Beta = 2 }).With(new Drw()) with
    {
        Model = "resnet8",
    };

    private static readonly Recipe FineTuned = FineTuningTests.Settings.Aggregate(Recipe, RecipeText.Set);

    [Theory]
    [InlineData(Precision.Fp32, 50)]
    [InlineData(Precision.Bf16, 3)]
    [InlineData(Precision.Fp32, 20, true)]
    public void Training_steps_leave_no_tensors(Precision precision, int steps, bool fineTunes = false)
    {
        var execution = new Execution(1, "cpu", precision);
        using InMemoryImages images = TestImages.Random(4, 8, 8);
        using var state = new TrainingState(fineTunes ? FineTuned : Recipe, 2, execution);
        using var input = new InputPipeline(Normalisation.Cifar, execution);
        Phase phase = state.Phase;
        using var constants = new StepConstants();
        state.Network.train();
        void Step(int step)
        {
            using var scope = NewDisposeScope();
            // The second half of the epochs that are gone through has class weights.
            StepContext context = Contexts.At([100, 10], epoch: step % 2 == 0 ? 5 : 9, firstPlace: step) with
            {
                Constants = constants,
            };
            Tensor batch = input.Prepare(images.Read([0, 1, 2, 3]));
            Steps.Train(state, TrainingStep.BatchOf(phase, context, batch, [0, 1, 0, 1]), 0.01);
            _ = state.Tested(network => network.ParameterCount);
        }

        Step(0);
        Step(1); // Constants of both halves are made.
        long live = LiveTensors.Count();
        for (int step = 1; step <= steps; step++)
        {
            Step(step);
            Assert.Equal(live, Tensor.TotalCount);
        }
    }

    [Fact]
    public void Predictions_leave_no_tensors()
    {
        var execution = new Execution(1, "cpu", Precision.Fp32);
        using InMemoryImages images = TestImages.Random(4, 8, 8);
        using var state = new TrainingState(Recipe, 2, execution);
        using var input = new InputPipeline(Normalisation.Cifar, execution);
        Classifier.Predict(state.Network, images, input, CancellationToken.None);
        long live = LiveTensors.Count();
        for (int i = 0; i < 5; i++)
        {
            Classifier.Predict(state.Network, images, input, CancellationToken.None);
            Assert.Equal(live, Tensor.TotalCount);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disposed_state_leaves_no_tensors(bool fineTunes)
    {
        var execution = new Execution(1, "cpu", Precision.Fp32);
        long live = LiveTensors.Count();
        var state = new TrainingState(fineTunes ? FineTuned : Recipe, 2, execution);
        state.EndEpoch(0); // Where more learns from here on, it is made anew.
        Tensor[] parameters = [.. state.Network.parameters()];
        Tensor[] others = [.. state.Network.buffers(), .. state.Optimizer.State.Select(slot => slot.Kept)];
        state.Dispose();
        Assert.All(parameters, tensor => Assert.True(tensor.IsInvalid));
        Assert.All(others, tensor => Assert.True(tensor.IsInvalid));

        // TorchSharp goes on counting the tensor that a parameter was made of, though nothing is left of it.
        Assert.Equal(live + parameters.Length, Tensor.TotalCount);
    }

    [Fact]
    public void A_disposed_input_pipeline_leaves_no_tensors()
    {
        long live = LiveTensors.Count();
        new InputPipeline(Normalisation.Cifar, new Execution(1, "cpu", Precision.Fp32)).Dispose();
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void Checking_parameters_leaves_no_tensors()
    {
        using var state = new TrainingState(Recipe, 2, new Execution(1, "cpu", Precision.Fp32));
        long live = LiveTensors.Count();
        Assert.True(state.IsFinite());
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void Mixing_in_an_own_loop_leaves_the_result_alone()
    {
        using Tensor features = ones(3, 2);
        using Tensor labels = tensor([0L, 1, 0]);
        long live = LiveTensors.Count();
        using (Tensor mixed = Mfw.Mix(features, labels, [100, 10], new DrawStream(1)))
        {
            Assert.Equal(live + 1, Tensor.TotalCount);
        }

        Assert.Equal(live, Tensor.TotalCount);
    }
}
