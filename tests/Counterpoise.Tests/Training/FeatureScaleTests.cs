using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Tests.Runtime;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

/// <summary>Trainings on features in another scale than the common one.</summary>
public sealed class FeatureScaleTests : IDisposable
{
    private const string Factors = "scaling.factors";
    private const string LengthName = "scaling.length";
    private static readonly Execution Ordinary = new(1, "cpu", Precision.Fp32);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("erm", "dimension", true)]
    [InlineData("erm", "length", true)]
    [InlineData("ldam", "length", true)]
    [InlineData("lda", "dimension", true)]
    [InlineData("nearest-mean", "length", true)]
    [InlineData("erm", "dimension", false)]
    [InlineData("mfw", "length", false)]
    public void The_network_keeps_the_scale_and_is_tested_in_it(string methods, string scale, bool isFitted)
    {
        Recipe recipe = RecipeOf(methods, scale, isFitted);
        using ImageData images = Uneven();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        double[][] rows = Normalised(data, data.Train);
        Dictionary<string, double[]> saved = PhaseRuns.Numbers(run);
        double[] deviations =
        [
            .. Enumerable
                .Range(0, SmallVectors.Length)
                .Select(d =>
                    Math.Sqrt(rows.Average(row => row[d] * row[d]) - Math.Pow(rows.Average(row => row[d]), 2))
                ),
        ];
        Assert.Equal(
            deviations.Select(deviation => scale == "dimension" ? 1 / deviation : 1),
            saved[Factors],
            (a, b) => Math.Abs(a - b) < 1e-4 * a
        );
        Assert.Equal(scale == "length" ? Math.Sqrt(SmallVectors.Length) : 0, saved[LengthName].Single(), 1e-5);
        Assert.Equal(isFitted ? scale : null, (string?)run.ReadMetrics().Last()["feature_scale"]);
        if (scale == "dimension")
        {
            Assert.True((double)run.Result!["balanced_accuracy"]! > 60);
        }

        if (saved.TryGetValue("linear.bias", out double[]? bias))
        {
            double[][] weight = [.. saved["linear.weight"].Chunk(SmallVectors.Length)];
            double right = Normalised(data, data.Test)
                .Zip(data.Test.Labels)
                .Count(image => Best(Scaled(image.First, saved), weight, bias) == image.Second);
            Assert.Equal(100 * right / data.Test.Count, (double)run.Result!["accuracy"]!, 1e-9);
        }
    }

    [Theory]
    [InlineData("erm")]
    [InlineData("logit-adjustment")]
    [InlineData("lda")]
    [InlineData("nearest-mean")]
    public void The_best_scale_is_chosen_and_told(string methods)
    {
        Recipe recipe = RecipeOf(methods, "auto", isFitted: true);
        using ImageData images = Uneven();
        List<string> said = [];

        using RunFolder run = SmallTraining.Train(
            folder["run"],
            recipe,
            images,
            observer: new TextObserver(said.Add, 1)
        );
        using RunFolder again = SmallTraining.Train(folder["again"], recipe, images);
        using RunFolder common = SmallTraining.Train(folder["common"], RecipeOf(methods, "common", true), images);

        string chosen = (string)run.Result!["feature_scale"]!;
        Assert.Contains(said, line => line.Contains($"feature scale {chosen}, chosen on 5 folds"));
        Assert.True(
            (double)run.Result["out_of_fold_balanced_accuracy"]!
                >= (double)common.Result!["out_of_fold_balanced_accuracy"]! - 1
        );
        if (methods == "nearest-mean")
        {
            Assert.Equal("dimension", chosen); // The classes are in the small features.
        }

        Assert.Null(common.Result["feature_scale"]);
        Assert.DoesNotContain(Factors, PhaseRuns.Numbers(common).Keys);
        PhaseRuns.AssertSame(run, again);
    }

    [Theory]
    [InlineData("erm", "length")]
    [InlineData("mfw", "dimension")]
    public void Training_by_steps_is_the_same_on_a_device_on_ranks_and_after_a_stop(string methods, string scale)
    {
        Recipe recipe = RecipeText.Set(RecipeOf(methods, scale, false), "mixing.groups=3").Resolve();
        using ImageData images = Uneven();
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
        new Trainer(recipe, data, stopped, Ordinary, new StoppingAt(stop, epoch: 2, step: 3)).Run(stop.Token);
        new Trainer(recipe, data, stopped, Ordinary, new SmallTraining.SilentObserver()).Run(CancellationToken.None);
        using var three = RunFolder.Create(folder["three"], RecipeText.Write(recipe), new RunDescription());
        ThreadRanks.Run(
            3,
            ranks =>
                new Trainer(
                    recipe,
                    TrainingData.Prepare(images, recipe.Data),
                    three,
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
        Dictionary<string, double[]> found = PhaseRuns.Numbers(three);
        Assert.Equal(wanted[Factors], found[Factors]);
        Assert.All(found, pair => Assert.Equal(wanted[pair.Key], pair.Value, (a, b) => Math.Abs(a - b) < 1e-3));
    }

    [Fact]
    public void Ranks_choose_the_scale_of_one()
    {
        Recipe recipe = RecipeOf("lda", "auto", isFitted: true);
        using ImageData images = Uneven();
        using RunFolder one = SmallTraining.Train(folder["one"], recipe, images);
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

        Dictionary<string, double[]> wanted = PhaseRuns.Numbers(one);
        Assert.All(PhaseRuns.Numbers(two), pair => Assert.Equal(wanted[pair.Key], pair.Value));
        Assert.Equal((string)one.Result!["feature_scale"]!, (string)two.Result!["feature_scale"]!);
    }

    [Fact]
    public void A_vector_without_length_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        var scaling = new FeatureScaling(3);
        scaling.Set(tensor([1f, 2, 3]), Math.Sqrt(3));

        Tensor scaled = scaling.call(tensor([0f, 0, 0, 3, -2, 0]).view(2, 3, 1, 1));

        double each = Math.Sqrt(3.0 / 25);
        double[] expected = [0, 0, 0, 3 * each, -4 * each, 0];
        Assert.Equal(expected, Numbers.Of(scaled), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void What_has_no_scale_or_chooses_none_is_refused()
    {
        Recipe steps = RecipeText.Set(SmallVectors.Recipe("erm"), "training.feature_scale=auto");
        Recipe pixels = RecipeText.Set(Recipe.Erm, "training.feature_scale=length");

        Assert.Contains("this one is trained by steps", Assert.Throws<UsageException>(steps.Resolve).Message);
        Assert.Contains("resnet32 takes images", Assert.Throws<UsageException>(pixels.Resolve).Message);
    }

    private static Recipe RecipeOf(string methods, string scale, bool isFitted) =>
        RecipeText
            .Set(
                isFitted ? SmallVectors.Fitted(methods) : SmallVectors.Recipe(methods),
                $"training.feature_scale={scale}"
            )
            .Resolve();

    /// <summary>Vectors of which the last features are long and say nothing.</summary>
    private static ImageData Uneven()
    {
        ImageData data = SmallVectors.Open();
        return data with { Train = Of(data.Train), Test = Of(data.Test) };

        static Counterpoise.Data.Features.FeatureImages Of(IImageSource images)
        {
            int[] all = [.. Enumerable.Range(0, images.Count)];
            using Tensor read = images.Read(all);
            using Tensor factors = tensor([1f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 20, 30]);
            using Tensor flat = read.flatten(1);
            return new(images.Pictures, all, flat * factors, "uneven");
        }
    }

    private static double[][] Normalised(TrainingData data, IImageSource images)
    {
        using Tensor read = images.Read([.. Enumerable.Range(0, images.Count)]);
        return
        [
            .. Numbers
                .Of(read)
                .Chunk(SmallVectors.Length)
                .Select(row =>
                    row.Select((value, d) => (value - data.Normalisation.Mean[d]) / data.Normalisation.Std[d]).ToArray()
                ),
        ];
    }

    private static double[] Scaled(double[] row, Dictionary<string, double[]> saved)
    {
        double[] scaled = [.. row.Zip(saved[Factors], (value, factor) => value * factor)];
        double length = saved[LengthName].Single();
        double own = Math.Sqrt(scaled.Sum(value => value * value));
        return length > 0 ? [.. scaled.Select(value => value / own * length)] : scaled;
    }

    private static int Best(double[] row, double[][] weight, double[] bias)
    {
        double[] logits = [.. weight.Select((of, c) => bias[c] + of.Zip(row, (w, x) => w * x).Sum())];
        return Array.IndexOf(logits, logits.Max());
    }
}
