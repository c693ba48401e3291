using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Training;
using TorchSharp;

namespace Counterpoise.Tests.Training;

/// <summary>Random views of images, whose features are trained on beside those of the images.</summary>
public sealed class FeatureViewsTests : IDisposable
{
    private static readonly Execution Ordinary = new(1, "cpu", Precision.Fp32);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Sums of the checkpoint's numbers, as they were before there were views.</summary>
    [Theory]
    [InlineData("erm", true, 159.597816, -6.47169339)]
    [InlineData("class-balanced", true, 12.6220421, 1.95603287)]
    [InlineData("ldam", true, 75.8705031, 0.264173303)]
    [InlineData("lda", true, 148.617876, 24.5320615)]
    [InlineData("nearest-mean", true, 66.9466592, 11.0507538)]
    [InlineData("erm", false, 56.3016247, 2.55327175)]
    [InlineData("mfw", false, 59.4464146, 3.36227494)]
    [InlineData("oltr", false, 291.511067, 15.200597)]
    public void Without_views_classifiers_are_what_they_were(string methods, bool isFitted, double size, double sum)
    {
        using ImageData images = SmallVectors.Open();

        using RunFolder run = SmallTraining.Train(folder["run"], RecipeOf(methods, isFitted), images);

        double[] numbers =
        [
            .. PhaseRuns.Numbers(run).OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value),
        ];
        Assert.Equal(size, numbers.Sum(Math.Abs), 1e-3 * size);
        Assert.Equal(sum, numbers.Select((number, i) => number * Math.Cos(i)).Sum(), 1e-3 * size);
    }

    /// <summary>What is computed of all images at once does not see that one of them is there several times.</summary>
    [Theory]
    [InlineData("erm", true)]
    [InlineData("class-balanced", true)]
    [InlineData("logit-adjustment", true)]
    [InlineData("ldam", true)]
    [InlineData("lda", true)]
    [InlineData("nearest-mean", true)]
    [InlineData("erm", false)]
    [InlineData("mfw", false)]
    [InlineData("oltr", false)]
    public void Views_that_show_the_whole_image_change_nothing(string methods, bool isFitted)
    {
        Recipe recipe = RecipeOf(methods, isFitted);
        using ImageData images = SmallVectors.Open();
        using ImageData viewed = images with { Train = SameViews(images.Train) };

        using RunFolder one = SmallTraining.Train(folder["one"], recipe, images);
        using RunFolder two = SmallTraining.Train(folder["two"], recipe, viewed);

        Dictionary<string, double[]> wanted = PhaseRuns.Numbers(one);
        Assert.All(
            PhaseRuns.Numbers(two),
            pair => Assert.Equal(wanted[pair.Key], pair.Value, (a, b) => Math.Abs(a - b) < 2e-3)
        );
        Assert.Equal((double)one.Result!["accuracy"]!, (double)two.Result!["accuracy"]!);
        Assert.Equal(OutOfFold(one).Length, OutOfFold(two).Length);
    }

    [Theory]
    [InlineData("erm", true)]
    [InlineData("lda", true)]
    [InlineData("erm", false)]
    [InlineData("oltr", false)]
    public void Views_are_learnt_from_and_out_of_fold_there_are_images_alone(string methods, bool isFitted)
    {
        Recipe recipe = RecipeOf(methods, isFitted);
        using ImageData images = SmallVectors.Open();
        using ImageData viewed = SmallVectors.Open(label => 1 + (label % 3));
        List<string> said = [];

        using RunFolder plain = SmallTraining.Train(folder["plain"], recipe, images);
        using RunFolder run = SmallTraining.Train(
            folder["run"],
            recipe,
            viewed,
            observer: new TextObserver(said.Add, 1)
        );

        TrainingData data = TrainingData.Prepare(viewed, recipe.Data);
        Assert.NotEmpty(data.Train.Views);
        Assert.Equal(TrainingData.Prepare(images, recipe.Data).ClassCounts, data.ClassCounts);
        Assert.NotEqual(PhaseRuns.Numbers(plain)["linear.weight"], PhaseRuns.Numbers(run)["linear.weight"]);
        Assert.True((double)run.Result!["balanced_accuracy"]! > 60);
        Assert.Equal(isFitted ? data.Train.Count + 1 : 0, OutOfFold(run).Length);
        Assert.DoesNotContain(said, line => line.Contains("not converged"));
    }

    [Theory]
    [InlineData("erm")]
    [InlineData("mfw+drw")]
    [InlineData("crt")]
    public void Training_by_steps_draws_the_same_views_on_a_device_on_ranks_and_after_a_stop(string methods)
    {
        Recipe recipe = RecipeText.Set(SmallVectors.Recipe(methods), "mixing.groups=2").Resolve();
        using ImageData images = SmallVectors.Open(label => 1 + (label % 3));
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        using RunFolder whole = SmallTraining.Train(folder["whole"], recipe, images);

        using RunFolder onDevice = SmallTraining.Train(
            folder["device"],
            recipe,
            images,
            execution: Ordinary with
            {
                KeepsOnDevice = true,
            }
        );
        using var stopped = RunFolder.Create(folder["stopped"], RecipeText.Write(recipe), new RunDescription());
        using var stop = new CancellationTokenSource();
        var stops = new StoppingAt(stop, epoch: 2, step: 3);
        Assert.Equal(TrainingOutcome.Interrupted, new Trainer(recipe, data, stopped, Ordinary, stops).Run(stop.Token));
        new Trainer(recipe, data, stopped, Ordinary, new SmallTraining.SilentObserver()).Run(CancellationToken.None);
        using var two = RunFolder.Create(folder["two"], RecipeText.Write(recipe), new RunDescription());
        ThreadRanks.Run(
            2,
            ranks =>
                new Trainer(
                    recipe,
                    TrainingData.Prepare(images, recipe.Data),
                    two,
                    Ordinary,
                    new SmallTraining.SilentObserver()
                )
                {
                    Ranks = ranks,
                }.Run(CancellationToken.None)
        );

        PhaseRuns.AssertSame(whole, stopped);
        Dictionary<string, double[]> wanted = PhaseRuns.Numbers(whole);
        Assert.All(PhaseRuns.Numbers(onDevice), pair => Assert.Equal(wanted[pair.Key], pair.Value));
        Assert.All(
            PhaseRuns.Numbers(two),
            pair => Assert.Equal(wanted[pair.Key], pair.Value, (a, b) => Math.Abs(a - b) < 1e-3)
        );
    }

    [Fact]
    public void What_gathers_means_is_not_fitted_to_convergence_on_views()
    {
        Recipe recipe = RecipeText.Set(
            RecipeText.Set(SmallVectors.Fitted("de-confound-tde"), "data.features=resnet18"),
            "data.views=2"
        );

        string message = Assert.Throws<UsageException>(recipe.Resolve).Message;

        Assert.Contains("de-confound-tde gathers means in which each view would count as an image", message);
        Assert.False(TrainingFit.CanConverge(recipe));
        RecipeText.Set(recipe, "training.optimizer=sgd").Resolve();
        RecipeText.Set(recipe, "data.views=0").Resolve();
    }

    [Fact]
    public void Views_are_of_features_and_differ()
    {
        Recipe recipe = RecipeText.Set(SmallVectors.Fitted("erm"), "data.views=2");
        Recipe viewed = new[] { "data.features=resnet18", "data.pad=auto" }.Aggregate(recipe, RecipeText.Set);
        Recipe still = new[] { "data.pad=0", "data.flip=false" }.Aggregate(viewed, RecipeText.Set);

        Assert.Contains("so that there is no frozen network", Assert.Throws<UsageException>(recipe.Resolve).Message);
        Assert.Contains("no random change is left", Assert.Throws<UsageException>(still.Resolve).Message);
        DataSettings parts = viewed.Resolve().Data;
        Assert.Equal((0.5, 0), (parts.RandomResizedCrop, parts.Pad));
        Assert.Equal(parts, parts.Resolve());
        DataSettings own = RecipeText.Set(viewed, "data.pad=3").Resolve().Data;
        Assert.Equal((0.0, 3), (own.RandomResizedCrop, own.Pad));
    }

    private static Recipe RecipeOf(string methods, bool isFitted) =>
        (isFitted ? SmallVectors.Fitted(methods) : SmallVectors.Recipe(methods)).Resolve();

    private static string[] OutOfFold(RunFolder run)
    {
        string file = Path.Combine(run.Path, "out-of-fold.csv");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    /// <summary>Images with one, two or three views that have their own features.</summary>
    private static Counterpoise.Data.Features.FeatureImages SameViews(IImageSource images)
    {
        int[] all = [.. Enumerable.Range(0, images.Count)];
        int[] views = [.. all.SelectMany(image => Enumerable.Repeat(image, 1 + (image % 3)))];
        using torch.Tensor read = images.Read([.. all, .. views]);
        return new(images.Pictures, all, read.flatten(1), "same", views);
    }
}
