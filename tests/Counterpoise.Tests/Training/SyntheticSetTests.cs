using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Tests.Training;

public sealed class SyntheticSetTests
{
    /// <summary>The built-in set must show what class imbalance does, and leave room for a better method.</summary>
    [Fact]
    public void Plain_training_on_the_long_tailed_set_neglects_the_minor_classes()
    {
        const int half = 5;
        using var folder = new TemporaryFolder();
        Recipe recipe = (
            Recipe.Erm with
            {
                Model = "resnet8",
                Data = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 100 },
                Training = new TrainingSettings
                {
                    Epochs = 13,
                    BatchSize = 32,
                    LearningRate = 0.05,
                    Warmup = 1,
                    EvaluateEvery = 0,
                },
            }
        ).Resolve();
        using ImageData images = ImageDataSource.Open(SyntheticImages.Name);

        using RunFolder run = SmallTraining.Train(
            folder["run"],
            recipe,
            images,
            threads: Math.Min(2, Environment.ProcessorCount)
        );

        double[] accuracy = [.. run.Result!["per_class_accuracy"]!.AsArray().Select(value => (double)value!)];
        string all = string.Join(", ", accuracy);
        Assert.True(accuracy[half..].Average() <= accuracy[..half].Average() - 15, all);
        Assert.True(accuracy.Max() < 100, all);
        Assert.True(accuracy[..half].Average() > 50, all);
    }
}
