using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using SkiaSharp;

namespace Counterpoise.Tests.Training;

public sealed class StatisticsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void They_are_taken_at_their_interval_and_at_the_end_and_change_no_training()
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        Recipe recipe = SmallTraining.Recipe("mfw", epochs: 3);

        using RunFolder without = SmallTraining.Train(folder["without"], recipe, images, statisticsEvery: 0);
        using RunFolder with = SmallTraining.Train(folder["with"], recipe, images, statisticsEvery: 2);

        Assert.Equal([false, true, true], with.ReadMetrics().Select(line => line.ContainsKey("statistics")));
        Assert.DoesNotContain(without.ReadMetrics(), line => line.ContainsKey("statistics"));
        Assert.Equal(
            File.ReadAllBytes(without.Checkpoints[^1].Path).Length,
            File.ReadAllBytes(with.Checkpoints[^1].Path).Length
        );
        foreach (
            string key in new[]
            {
                "train_accuracy",
                "train_per_class_accuracy",
                "accuracy",
                "per_class_accuracy",
                "loss",
            }
        )
        {
            Assert.Equal(without.Result![key]!.ToJsonString(), with.Result![key]!.ToJsonString());
        }

        JsonObject last = with.ReadMetrics().Last();
        Assert.Equal(last["statistics"]!.ToJsonString(), with.Result!["statistics"]!.ToJsonString());
        Assert.True((double)with.Result!["statistics_seconds"]! > 0);
    }

    [Fact]
    public void The_pictures_of_the_newest_mistakes_are_in_the_run_folder()
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        Recipe recipe = SmallTraining.Recipe("erm", epochs: 2);

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images, statisticsEvery: 1);

        JsonArray errors = run.Result!["statistics"]!["errors"]!.AsArray();
        Assert.NotEmpty(errors);
        Assert.Equal(
            errors.Select(error => $"{error!["image"]}.png").Order(StringComparer.Ordinal),
            Directory.GetFiles(run.ExamplesPath).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
        );
        int position = (int)errors[0]!["image"]!;
        using SKBitmap picture = SKBitmap.Decode(Path.Combine(run.ExamplesPath, $"{position}.png"));
        using TorchSharp.torch.Tensor pixels = images.Test.Read([position]);
        Assert.Equal((32, 32), (picture.Width, picture.Height));
        Assert.Equal(pixels.data<byte>()[(10 * 32) + 7], picture.GetPixel(7, 10).Red);
        Assert.Equal(pixels.data<byte>()[(2 * 32 * 32) + (10 * 32) + 7], picture.GetPixel(7, 10).Blue);
        Assert.Equal((int)errors[0]!["label"]!, images.Test.Labels[position]);
    }

    [Fact]
    public void A_second_phase_without_epochs_has_statistics_of_its_own()
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);
        Recipe recipe = RecipeText
            .Set(SmallTraining.Recipe("erm", epochs: 2).WithMethods("tau-norm"), "tau-norm.tau=0.5")
            .Resolve();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images, statisticsEvery: 1);

        string before = run.ReadMetrics().Last()["statistics"]!["weight_norm"]!.ToJsonString();
        Assert.NotEqual(before, run.Result!["statistics"]!["weight_norm"]?.ToJsonString());
    }
}
