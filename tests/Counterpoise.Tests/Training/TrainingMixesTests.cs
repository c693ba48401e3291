using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

public sealed class TrainingMixesTests
{
    [Fact]
    public void A_run_asks_its_mixer_once_a_step_and_never_in_evaluation()
    {
        using var folder = new TemporaryFolder();
        var mixer = new Recorder();
        Recipe recipe = (
            Recipe.Erm.With(mixer) with
            {
                Model = "resnet8",
                Data = new DataSettings { ImageSize = 8 },
                Training = new TrainingSettings
                {
                    Epochs = 2,
                    BatchSize = 4,
                    EvaluateEvery = 1,
                },
            }
        ).Resolve();
        using var images = new ImageData("test", TestImages.Random(10, 8, 8), TestImages.Random(6, 8, 8), []);
        using RunFolder run = RunFolder.Create(folder["run"], RecipeText.Write(recipe), new RunDescription());
        var data = TrainingData.Prepare(images, recipe.Data);
        new Trainer(recipe, data, run, new Execution(1, "cpu", Precision.Fp32), new Silent()).Run(
            CancellationToken.None
        );

        Assert.Equal(2, run.ReadMetrics().Count(line => line["accuracy"] is not null));
        Assert.NotNull(run.Result!["train_accuracy"]);
        Assert.Equal([(0, 0L, 4), (0, 4, 4), (0, 8, 2), (1, 0, 4), (1, 4, 4), (1, 8, 2)], mixer.Calls);
    }

    /// <summary>Notes the epoch, first place and size of every batch it is asked about.</summary>
    private sealed record Recorder : Method, IMixer
    {
        public List<(int Epoch, long FirstPlace, int Size)> Calls { get; } = [];

        public override string Name => "recorder";

        public override string Summary => "notes what it is asked";

        public IReadOnlyList<int> Stages => [2];

        public Mixing? Mix(in StepContext context, ReadOnlySpan<int> labels)
        {
            Calls.Add((context.Epoch, context.FirstPlace, labels.Length));
            return null;
        }

        public override Phase Fill(Phase phase) => phase.WithMixer(this, Name);
    }

    private sealed class Silent : ITrainingObserver
    {
        public void OnStep(TrainingProgress progress) { }

        public void OnEpoch(EpochMetrics metrics) { }

        public void OnMessage(string message) { }
    }
}
