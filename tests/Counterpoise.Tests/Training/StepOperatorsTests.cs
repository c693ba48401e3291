using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Kernels;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>What a step asks of a GPU, told from tensors of the CPU. Transfers are counted, and operators recorded, in the whole process.</summary>
[Collection(CountsTensors.Name)]
public sealed class StepOperatorsTests
{
    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    [InlineData(Precision.Bf16, true)]
    public void Nothing_is_read_within_an_epoch_and_a_step_has_few_operators(
        Precision precision,
        bool fineTunes = false
    )
    {
        Maps.LeavesAllToLibtorch = true;
        try
        {
            Recipe recipe = (Recipe.Erm.With(new Mfw()) with { Model = "resnet32" }).Resolve();
            using ImageData images = SyntheticImages.Open(0, trainPerClass: 20, testPerClass: 1);
            recipe = recipe with
            {
                Training = recipe.Training with { BatchSize = 16 },
                Data = recipe.Data with { Imbalance = ImbalanceKind.Natural },
            };
            string[] settings = [.. FineTuningTests.Settings, "training.freeze=", "training.unfreeze_after=0"];
            recipe = fineTunes ? settings.Aggregate(recipe, RecipeText.Set).Resolve() : recipe;
            TrainingData data = TrainingData.Prepare(images, recipe.Data);
            Execution execution = new Execution(1, "cpu", precision) { KeepsOnDevice = true, FusesUpdates = true };
            using var state = new TrainingState(recipe, data.Train.Classes.Count, execution);
            using var input = new InputPipeline(data.Normalisation, execution);
            using var constants = new StepConstants();
            using var meter = new StepMeter();
            input.Keep(data.Train, data.Augmentation.Pad);
            state.BeginEpoch(Ranks.Alone);
            var batches = new MiniBatches(recipe, data, Ranks.Alone);
            using var plan = new EpochPlan(
                state.Phase,
                batches.Of(state.Phase, 0, 0, 0).Select(b => (b.Context with { Constants = constants }, b.Positions)),
                data.Train.Labels,
                CPU
            );
            long reads = Transfer.Reads;
            long uploads = 0;
            void Step(StepBatch batch)
            {
                uploads = uploads == 0 ? Transfer.Uploads : uploads;
                StepResult result = state.Compute(batch, Ranks.Alone);
                meter.Add(result, batch.Count);
                state.Learn(batch.Context, result.Gradients);
            }

            var source = new StepSource(data, input);
            source.ForEach(plan, Step);
            Assert.Equal(reads, Transfer.Reads);
            Assert.Equal(uploads, Transfer.Uploads);
            string[] operators = OperatorTrace.Of(() => source.ForEach(plan, Step));
            int perStep = operators.Length / plan.Steps.Count;
            string counted = string.Join(
                ", ",
                operators
                    .CountBy(name => name)
                    .OrderByDescending(pair => pair.Value)
                    .Select(pair => $"{pair.Key} {pair.Value}")
            );
            TestContext.Current.TestOutputHelper?.WriteLine($"{perStep} operators a step: {counted}");
            Assert.InRange(perStep, 250, 330);
            Assert.DoesNotContain("aten::item", operators);
            Assert.DoesNotContain("aten::_local_scalar_dense", operators);
        }
        finally
        {
            Maps.LeavesAllToLibtorch = false;
        }
    }
}
