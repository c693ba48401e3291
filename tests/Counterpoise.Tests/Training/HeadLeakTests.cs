using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

[Collection(CountsTensors.Name)]
public sealed class HeadLeakTests
{
    [Theory]
    [InlineData("crt")]
    [InlineData("lws")]
    [InlineData("oltr")]
    [InlineData("bbn")]
    [InlineData("de-confound")]
    [InlineData("de-confound-tde")]
    public void Steps_and_predictions_of_the_last_phase_leave_no_tensors(string method)
    {
        Recipe recipe = PhaseRuns.Recipe(method, "data.image_size=8", "data.pad=1");
        using InMemoryImages images = TestImages.Random(4, 8, 8);
        using var state = new TrainingState(recipe, 2, PhaseRuns.Execution);
        using var input = new InputPipeline(Normalisation.Cifar, PhaseRuns.Execution);
        if (recipe.Phases.Count > 1)
        {
            using Head? left = state.EnterNextPhase();
        }

        state.Network.train();
        int streams = method == "bbn" ? 2 : 1;
        void Step()
        {
            using (NewDisposeScope())
            {
                Tensor[] batches = [.. Enumerable.Repeat(input.Prepare(images.Read([0, 1, 2, 3])), streams)];
                int[][] labels = [.. Enumerable.Repeat(new[] { 0, 1, 0, 1 }, streams)];
                TrainingStep.Backward(
                    state.Network,
                    state.Phase,
                    Contexts.At([9, 3], epoch: 5),
                    batches,
                    labels,
                    Ranks.Alone
                );
                state.Optimizer.Step(0.01);
            }

            Classifier.Predict(state.Network, images, input, CancellationToken.None);
        }

        Step();
        GC.Collect();
        GC.WaitForPendingFinalizers(); // What earlier tests left to the collector must not go in the middle of this one.
        long live = Tensor.TotalCount;
        for (int step = 0; step < 3; step++)
        {
            Step();
            Assert.Equal(live, Tensor.TotalCount);
        }
    }
}
