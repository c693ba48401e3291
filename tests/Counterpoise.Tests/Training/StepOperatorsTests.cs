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
public sealed class StepOperatorsTests : IDisposable
{
    public StepOperatorsTests() => Maps.LeavesAllToLibtorch = true;

    public void Dispose() => Maps.LeavesAllToLibtorch = false;

    [Theory]
    [InlineData(Precision.Fp32, false)]
    [InlineData(Precision.Bf16, false)]
    [InlineData(Precision.Bf16, true)]
    public void Nothing_is_read_within_an_epoch_and_numbers_go_up_before_its_first_step(
        Precision precision,
        bool fineTunes
    )
    {
        using var epoch = new Epoch(precision, fineTunes);
        long reads = Transfer.Reads;
        long uploads = 0;
        epoch.Run(() => uploads = uploads == 0 ? Transfer.Uploads : uploads);
        Assert.Equal(reads, Transfer.Reads);
        Assert.Equal(uploads, Transfer.Uploads);
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public void A_step_has_few_operators(Precision precision)
    {
        using var epoch = new Epoch(precision, fineTunes: false);
        epoch.Run();
        string[] operators = OperatorTrace.Of(() => epoch.Run());
        int perStep = operators.Length / epoch.Steps;
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

    /// <summary>An epoch of MFW on a ResNet-32, as on a GPU.</summary>
    private sealed class Epoch : IDisposable
    {
        private readonly ImageData images = SyntheticImages.Open(0, trainPerClass: 20, testPerClass: 1);
        private readonly TrainingState state;
        private readonly InputPipeline input;
        private readonly StepConstants constants = new();
        private readonly StepMeter meter = new();
        private readonly EpochPlan plan;
        private readonly StepSource source;

        internal Epoch(Precision precision, bool fineTunes)
        {
            Recipe recipe = Recipe.Erm.With(new Mfw()) with { Model = "resnet32" };
            string[] settings = [.. FineTuningTests.Settings, "training.freeze=", "training.unfreeze_after=0"];
            recipe = fineTunes ? settings.Aggregate(recipe, RecipeText.Set) : recipe;
            recipe = RecipeText.Set(recipe, "training.batch_size=16").Resolve();
            TrainingData data = TrainingData.Prepare(images, recipe.Data);
            Execution execution = new(1, "cpu", precision) { KeepsOnDevice = true, FusesUpdates = true };
            state = new TrainingState(recipe, data.Train.Classes.Count, execution);
            input = new InputPipeline(data.Normalisation, execution);
            input.Keep(data.Train, data.Augmentation.Pad);
            state.BeginEpoch(Ranks.Alone);
            var batches = new MiniBatches(recipe, data, Ranks.Alone);
            plan = new EpochPlan(
                state.Phase,
                batches.Of(state.Phase, 0, 0, 0).Select(b => (b.Context with { Constants = constants }, b.Positions)),
                data.Train.Labels,
                CPU
            );
            source = new StepSource(data, input);
        }

        internal int Steps => plan.Steps.Count;

        /// <param name="before">What is done before each step.</param>
        internal void Run(Action? before = null) =>
            source.ForEach(
                plan,
                batch =>
                {
                    before?.Invoke();
                    StepResult result = state.Compute(batch, Ranks.Alone);
                    meter.Add(result, batch.Count);
                    state.Learn(batch.Context, result.Gradients);
                }
            );

        public void Dispose()
        {
            plan.Dispose();
            meter.Dispose();
            constants.Dispose();
            input.Dispose();
            state.Dispose();
            images.Dispose();
        }
    }
}
