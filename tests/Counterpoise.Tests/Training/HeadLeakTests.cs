using Counterpoise.Basics;
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
        using var constants = new StepConstants();
        int streams = method == "bbn" ? 2 : 1;
        void Step()
        {
            using (NewDisposeScope())
            {
                Tensor[] batches = [.. Enumerable.Repeat(input.Prepare(images.Read([0, 1, 2, 3])), streams)];
                int[][] labels = [.. Enumerable.Repeat(new[] { 0, 1, 0, 1 }, streams)];
                Tensor[] targets = Array.ConvertAll(
                    labels,
                    stream => tensor(Array.ConvertAll(stream, label => (long)label))
                );
                StepContext context = Contexts.At([9, 3], epoch: 5) with { Constants = constants };
                Steps.Train(state, new StepBatch(context, batches, targets, new MixedBatch?[streams]), 0.01);
            }

            Classifier.Predict(state.Network, images, input, CancellationToken.None);
        }

        Step();
        long live = LiveTensors.Count();
        for (int step = 0; step < 3; step++)
        {
            Step();
            Assert.Equal(live, Tensor.TotalCount);
        }
    }
}
