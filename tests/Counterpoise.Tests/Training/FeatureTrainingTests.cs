using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

/// <summary>Methods on features of a frozen network: the recipe and the trainer are those of images.</summary>
public sealed class FeatureTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("erm")]
    [InlineData("mfw")]
    [InlineData("mixup")]
    [InlineData("remix")]
    [InlineData("ldam+drw")]
    [InlineData("square-root")]
    [InlineData("tau-norm")]
    [InlineData("lws")]
    [InlineData("crt")]
    [InlineData("mfw+drw")]
    [InlineData("oltr")]
    [InlineData("nearest-mean")]
    [InlineData("lda")]
    public void A_method_learns_from_vectors(string methods)
    {
        Recipe recipe = SmallVectors.Recipe(methods).Resolve();
        using ImageData images = SmallVectors.Open();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        double accuracy = (double)run.Result!["balanced_accuracy"]!;
        Assert.True(accuracy > 60, $"{methods}: {accuracy} %"); // Of ten classes.
    }

    [Theory]
    [InlineData("erm")]
    [InlineData("class-balanced")]
    [InlineData("logit-adjustment")]
    [InlineData("balanced-softmax")]
    [InlineData("ldam")]
    [InlineData("focal")]
    [InlineData("tau-norm")]
    public void A_classifier_is_fitted_to_convergence_in_one_epoch(string methods)
    {
        Recipe recipe = SmallVectors.Fitted(methods).Resolve();
        using ImageData images = SmallVectors.Open();
        List<string> said = [];

        using RunFolder run = SmallTraining.Train(
            folder["run"],
            recipe,
            images,
            observer: new TextObserver(said.Add, 1)
        );
        using RunFolder again = SmallTraining.Train(folder["again"], recipe, images);

        Assert.Equal(1, (int)run.Result!["epochs"]!);
        Assert.True((double)run.Result["balanced_accuracy"]! > 80);
        Assert.Contains(
            said,
            line => line.StartsWith("lbfgs: penalty", StringComparison.Ordinal) && !line.Contains("not converged")
        );
        Assert.Equal(
            File.ReadAllBytes(run.Checkpoints[^1].Path)[^1000..],
            File.ReadAllBytes(again.Checkpoints[^1].Path)[^1000..]
        );
    }

    [Theory]
    [InlineData("nearest-mean")]
    [InlineData("lda")]
    public void A_classifier_in_closed_form_is_one_epoch_whatever_the_settings(string method)
    {
        Recipe recipe = SmallVectors.Fitted(method).Resolve();
        Recipe other = new[] { "training.optimizer=adamw", "training.batch_size=1000", "training.ema=0.9", "seed=3" }
            .Aggregate(recipe, RecipeText.Set)
            .Resolve();
        using ImageData images = SmallVectors.Open();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);
        using RunFolder again = SmallTraining.Train(folder["again"], other, images);

        Assert.Equal(1, (int)run.Result!["epochs"]!);
        Assert.Equal(method, (string)run.ReadMetrics().Single()["phase"]!);
        Assert.True((double)run.Result["balanced_accuracy"]! > 80);
        Assert.Equal(Classifier(run), Classifier(again));
        Assert.Equal((double)run.Result["accuracy"]!, (double)again.Result!["accuracy"]!);
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        Assert.Contains(Trainer.Check(other, data), line => line.Contains($"{method}: the classifier is computed"));
        Assert.True(TrainingEstimate.Measure(other, data, new Execution(1, "cpu", Precision.Fp32)).ImagesPerSecond > 0);
    }

    [Theory]
    [InlineData("nearest-mean")]
    [InlineData("lda")]
    public void Three_ranks_have_the_closed_form_of_one(string method)
    {
        Recipe recipe = SmallVectors.Fitted(method).Resolve();
        using ImageData images = SmallVectors.Open();
        using RunFolder one = SmallTraining.Train(folder["one"], recipe, images);
        using var three = RunFolder.Create(folder["three"], RecipeText.Write(recipe), new RunDescription());

        ThreadRanks.Run(
            3,
            ranks =>
                new Trainer(
                    recipe,
                    TrainingData.Prepare(images, recipe.Data),
                    three,
                    new Execution(1, "cpu", Precision.Fp32),
                    new SmallTraining.SilentObserver()
                )
                {
                    Ranks = ranks,
                }.Run(CancellationToken.None)
        );

        Assert.Equal(Classifier(one), Classifier(three));
        Assert.Equal((double)one.Result!["accuracy"]!, (double)three.Result!["accuracy"]!);
    }

    [Theory]
    [InlineData("nearest-mean")]
    [InlineData("lda")]
    public void A_closed_form_that_was_stopped_is_computed_again(string method)
    {
        Recipe recipe = SmallVectors.Fitted(method).Resolve();
        using ImageData images = SmallVectors.Open();
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        using RunFolder whole = SmallTraining.Train(folder["whole"], recipe, images);
        using var stopped = RunFolder.Create(folder["stopped"], RecipeText.Write(recipe), new RunDescription());
        Trainer Trainer() =>
            new(recipe, data, stopped, new Execution(1, "cpu", Precision.Fp32), new SmallTraining.SilentObserver());

        Assert.Equal(TrainingOutcome.Interrupted, Trainer().Run(new CancellationToken(canceled: true)));
        Assert.Empty(stopped.ReadMetrics());
        Assert.Equal(TrainingOutcome.Finished, Trainer().Run(CancellationToken.None));

        Assert.Equal(Classifier(whole), Classifier(stopped));
    }

    [Fact]
    public void What_has_no_effect_is_said()
    {
        using ImageData images = SmallVectors.Open();
        Recipe recipe = SmallVectors.Fitted("erm").Resolve();

        IReadOnlyList<string> said = Trainer.Check(recipe, TrainingData.Prepare(images, recipe.Data));

        Assert.Contains(said, line => line.Contains("other changes of pixels have no effect"));
        Assert.Contains(said, line => line.Contains("learning rate, batch size and weight decay have no effect"));
    }

    [Fact]
    public void A_penalty_that_is_given_is_taken()
    {
        Recipe recipe = RecipeText.Set(SmallVectors.Fitted("erm"), "training.penalty=10").Resolve();
        using ImageData images = SmallVectors.Open();
        List<string> said = [];

        using RunFolder run = SmallTraining.Train(
            folder["run"],
            recipe,
            images,
            observer: new TextObserver(said.Add, 1)
        );

        Assert.Contains(said, line => line.StartsWith("lbfgs: penalty 10; ", StringComparison.Ordinal));
        Assert.True((double)run.ReadMetrics().Single()["loss"]! > 1); // Weights so small say little.
    }

    [Theory]
    [InlineData("mfw", "mfw mixes at random")]
    [InlineData("square-root", "square-root draws images at random")]
    [InlineData("seql", "the loss of seql changes")]
    [InlineData("drw", "the weights of drw change")]
    [InlineData("crt", "crt draws images at random")]
    public void What_draws_or_changes_is_not_fitted_so(string methods, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => SmallVectors.Fitted(methods).Resolve()).Message);

    [Fact]
    public void A_whole_network_is_not_fitted_so() =>
        Assert.Contains(
            "resnet32 learns more than a classifier",
            Assert
                .Throws<UsageException>(() => RecipeText.Set(Recipe.Erm, "training.optimizer=lbfgs").Resolve())
                .Message
        );

    [Theory]
    [InlineData("bbn", "replaces the network's last block")]
    public void What_needs_more_of_a_network_than_its_end_is_refused(string methods, string named)
    {
        Recipe recipe = Recipe.Erm.With(Counterpoise.Networks.NetworkCatalogue.Find("features12")).WithMethods(methods);

        Assert.Contains(named, Assert.Throws<UsageException>(recipe.Resolve).Message);
    }

    [Fact]
    public void A_classifier_without_what_made_its_features_is_not_exported()
    {
        using var network = Counterpoise.Networks.NetworkCatalogue.Find("features12").Create(3, new Draws(0));
        var images = new ImagePreparation(
            new ImageReading(new ImageGeometry(32, 32, ResizeRule.Square)),
            Normalisation.Cifar
        );
        var description = new Counterpoise.Results.Export.ClassifierDescription(
            ["a", "b", "c"],
            images,
            [1, 1, 1],
            [0.4, 0.3, 0.3],
            "features12",
            "erm"
        );

        Assert.Contains(
            "classifies features of a frozen network, which is not given",
            Assert.Throws<UsageException>(() => Counterpoise.Results.Export.OnnxModel.Of(network, description)).Message
        );
    }

    [Fact]
    public void Vectors_are_computed_with_in_float32()
    {
        Recipe recipe = Recipe.Erm.With(Counterpoise.Networks.NetworkCatalogue.Find("features12")).Resolve();

        Assert.Equal(Precision.Fp32, recipe.Training.Precision);
    }

    [Theory]
    [InlineData("features0")]
    [InlineData("features")]
    [InlineData("features-3")]
    [InlineData("features99999999")]
    public void A_length_that_no_vector_has_names_no_network(string name) =>
        Assert.Throws<UsageException>(() => Counterpoise.Networks.NetworkCatalogue.Find(name));

    private static double[] Classifier(RunFolder run)
    {
        Dictionary<string, double[]> numbers = PhaseRuns.Numbers(run);
        return [.. numbers["linear.weight"], .. numbers["linear.bias"]];
    }
}
