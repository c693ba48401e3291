using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Tests.Training;

/// <summary>What a run says out of fold is what the classifier says that it ends with.</summary>
public sealed class OutOfFoldRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_shift_of_logits_after_the_fit_is_in_it()
    {
        using ImageData images = SmallVectors.Open();
        Recipe plain = SmallVectors.Fitted("erm").Resolve();
        PredictedImages expected = Train("plain", plain, images)!
            .Shifted(
                TrainingData.Prepare(images, plain.Data).ClassCounts,
                counts => [.. counts.Select(count => Math.Log(counts.Sum()) - Math.Log(count))]
            );

        Recipe adjusted = SmallVectors.Fitted("post-hoc-adjustment").Resolve();
        PredictedImages said = Train("adjusted", adjusted, images)!;

        Assert.True(TrainingFit.SaysOutOfFold(adjusted));
        Assert.Equal(expected.Images.Select(image => image.Position), said.Images.Select(image => image.Position));
        foreach ((PredictedImage one, PredictedImage other) in expected.Images.Zip(said.Images))
        {
            Assert.Equal(one.Probabilities, other.Probabilities, (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Fact]
    public void Where_a_later_phase_changes_more_nothing_is_said()
    {
        using ImageData images = SmallVectors.Open();
        Recipe recipe = RecipeText.Set(SmallVectors.Fitted("tau-norm"), "tau-norm.tau=0.5").Resolve();

        Assert.Null(Train("run", recipe, images));
        Assert.False(TrainingFit.SaysOutOfFold(recipe));
    }

    private PredictedImages? Train(string name, Recipe recipe, ImageData images)
    {
        using RunFolder run = SmallTraining.Train(folder[name], recipe, images);
        string file = Path.Combine(run.Path, RunFiles.OutOfFold);
        Assert.Equal(
            File.Exists(file),
            run.ReadMetrics().Any(line => line["out_of_fold_balanced_accuracy"] is not null)
        );
        return File.Exists(file) ? PredictedImages.Read(file) : null;
    }
}
