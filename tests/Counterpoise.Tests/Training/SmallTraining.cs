using Counterpoise.Data;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

/// <summary>Trainings of a few dozen synthetic images, small enough for a test each.</summary>
internal static class SmallTraining
{
    public static Recipe Recipe(string methods, int epochs, ulong seed = 0) =>
        (
            Counterpoise.Recipes.Recipe.Erm.WithMethods(methods) with
            {
                Model = "resnet8",
                Seed = seed,
                Data = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 10 },
                Training = new TrainingSettings
                {
                    Epochs = epochs,
                    BatchSize = 16,
                    Warmup = 1,
                    LearningRate = 0.05,
                    EvaluateEvery = 0,
                },
            }
        ).Resolve();

    /// <summary>Trains into a new folder and leaves it open.</summary>
    public static RunFolder Train(
        string path,
        Recipe recipe,
        ImageData images,
        int? keepEvery = null,
        int threads = 1,
        int statisticsEvery = TrainingPlan.UsualStatisticsEvery,
        Execution? execution = null,
        ITrainingObserver? observer = null
    )
    {
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        RunFolder folder = RunFolder.Create(path, RecipeText.Write(recipe), new RunDescription());
        TrainingOutcome outcome = new Trainer(
            recipe,
            data,
            folder,
            execution ?? new Execution(threads, "cpu", Precision.Fp32),
            observer ?? new SilentObserver()
        )
        {
            KeepEvery = keepEvery,
            StatisticsEvery = statisticsEvery,
        }.Run(CancellationToken.None);
        Assert.Equal(TrainingOutcome.Finished, outcome);
        return folder;
    }

    internal sealed class SilentObserver : ITrainingObserver
    {
        public void OnStep(TrainingProgress progress) { }

        public void OnEpoch(EpochMetrics metrics) { }

        public void OnMessage(string message) { }
    }
}
