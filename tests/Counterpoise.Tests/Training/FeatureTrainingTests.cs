using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Tests.Training;

/// <summary>Methods on features of a frozen network: the recipe and the trainer are those of images.</summary>
public sealed class FeatureTrainingTests : IDisposable
{
    private const int Length = 12;
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
    public void A_method_learns_from_vectors(string methods)
    {
        Recipe plain = SmallTraining
            .Recipe("erm", epochs: 6)
            .With(Counterpoise.Networks.NetworkCatalogue.Find("features12"));
        Recipe recipe = plain.WithMethods(methods);
        recipe = (methods == "tau-norm" ? RecipeText.Set(recipe, "tau-norm.tau=0.5") : recipe).Resolve();
        using ImageData images = Vectors();

        using RunFolder run = SmallTraining.Train(folder["run"], recipe, images);

        double accuracy = (double)run.Result!["balanced_accuracy"]!;
        Assert.True(accuracy > 60, $"{methods}: {accuracy} %"); // Of ten classes.
    }

    [Theory]
    [InlineData("bbn", "replaces the network's last block")]
    public void What_needs_more_of_a_network_than_its_end_is_refused(string methods, string named)
    {
        Recipe recipe = Recipe.Erm.With(Counterpoise.Networks.NetworkCatalogue.Find("features12")).WithMethods(methods);

        Assert.Contains(named, Assert.Throws<UsageException>(recipe.Resolve).Message);
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

    /// <summary>The synthetic set as vectors that tell its classes apart, under noise.</summary>
    private static ImageData Vectors()
    {
        ImageData data = SyntheticImages.Open(0, trainPerClass: 30, testPerClass: 10);
        return data with { Train = Of(data.Train, 1), Test = Of(data.Test, 2) };

        static FeatureImages Of(IImageSource images, ulong seed)
        {
            float[] numbers =
            [
                .. images.Labels.SelectMany(
                    (label, image) =>
                    {
                        DrawStream stream = new Draws(seed).At(DrawPurpose.Order, 0, image);
                        return Enumerable
                            .Range(0, Length)
                            .Select(d => (float)stream.NextNormal() + (d == label ? 4 : 0))
                            .ToArray();
                    }
                ),
            ];
            return new FeatureImages(images, torch.tensor(numbers).view(-1, Length), "noise");
        }
    }
}
