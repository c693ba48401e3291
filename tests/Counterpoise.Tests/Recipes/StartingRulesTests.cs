using Counterpoise.Data;
using Counterpoise.Data.Listings;
using Counterpoise.Networks;
using Counterpoise.Recipes;

namespace Counterpoise.Tests.Recipes;

public sealed class StartingRulesTests
{
    private const string Lacking = "there are none";

    [Theory]
    [InlineData(8, 100, null, "resnet32", 32)]
    [InlineData(28, 100, null, "resnet32", 32)]
    [InlineData(40, 100, null, "resnet32", 32)]
    [InlineData(41, 100, null, "resnet32", 48)]
    [InlineData(48, 100, null, "resnet32", 48)]
    [InlineData(49, 100, "resnet18", "features512", 112)]
    [InlineData(64, 100, "resnet18", "features512", 112)]
    [InlineData(128, 100, "resnet18", "features512", 112)]
    [InlineData(129, 100, "resnet18", "features512", 224)]
    [InlineData(3000, 100, "resnet18", "features512", 224)]
    [InlineData(28, 20, null, "resnet32", 32)]
    [InlineData(28, 19, "resnet18", "features512", 112)]
    [InlineData(500, 2, "resnet18", "features512", 224)]
    public void Photographs_and_few_images_are_features_of_a_frozen_network(
        int side,
        int perClass,
        string? features,
        string model,
        int size
    )
    {
        StartingChoice choice = StartingRules.Network(new DataTraits(side, [perClass, perClass]), lacking: null);

        Assert.Equal(features, choice[StartingRules.Features]);
        Assert.Equal(model, choice[StartingRules.Model]);
        Assert.Equal($"{size}", choice[StartingRules.ImageSize]);
        Assert.Contains(perClass < 20 && side <= 48 ? $"{perClass} training images" : $"{side} pixels", choice.Reason);
        Assert.True(size > 32 || side <= 40, "squeezed");
    }

    [Theory]
    [InlineData(28, 100, "resnet32", 32, false)]
    [InlineData(28, 5, "resnet32", 32, true)]
    [InlineData(44, 5, "resnet32", 48, true)]
    [InlineData(64, 100, "resnet18", 112, true)]
    [InlineData(300, 5, "resnet18", 224, true)]
    public void Without_features_a_network_is_trained_at_a_size_that_fits(
        int side,
        int perClass,
        string model,
        int size,
        bool isSaid
    )
    {
        StartingChoice choice = StartingRules.Network(new DataTraits(side, [perClass]), Lacking);

        Assert.Null(choice[StartingRules.Features]);
        Assert.Equal(model, choice[StartingRules.Model]);
        Assert.Equal($"{size}", choice[StartingRules.ImageSize]);
        Assert.Equal(isSaid, choice.Reason.Contains(Lacking));
    }

    [Fact]
    public void A_size_that_is_asked_for_shows_no_more_than_its_pixels()
    {
        StartingChoice small = StartingRules.Network(new DataTraits(500, [100]), null, asked: 32);
        StartingChoice large = StartingRules.Network(new DataTraits(20, [100]), null, asked: 224);

        Assert.Null(small[StartingRules.Features]);
        Assert.Equal("images of 32 pixels are asked for", small.Reason);
        Assert.Null(large[StartingRules.Features]);
        Assert.Contains("20 pixels", large.Reason);
    }

    [Theory]
    [InlineData("resnet32", 28, 32)]
    [InlineData("resnet8", 45, 48)]
    [InlineData("resnet32", 300, 32)]
    [InlineData("tiny-resnet18", 28, 64)]
    [InlineData("resnet12", 300, 84)]
    [InlineData("resnet50", 64, 112)]
    [InlineData("densenet121", 300, 224)]
    [InlineData("cifar-densenet121", 300, 32)]
    public void A_network_that_is_given_gets_the_size_that_it_is_made_for(string model, int side, int size)
    {
        StartingChoice choice = StartingRules.Size(new DataTraits(side, [50]), NetworkCatalogue.Find(model));

        Assert.Equal([(StartingRules.ImageSize, $"{size}")], choice.Settings);
        Assert.Contains($"the shorter side of images is {side}", choice.Reason);
    }

    [Theory]
    [InlineData(100, 100, false, true, "erm", null)]
    [InlineData(150, 100, false, true, "erm", null)]
    [InlineData(151, 100, false, true, "mfw", null)]
    [InlineData(150, 100, true, true, "erm", "lbfgs")]
    [InlineData(151, 100, true, true, "logit-adjustment", "lbfgs")]
    [InlineData(5000, 5, true, true, "logit-adjustment", "lbfgs")]
    [InlineData(5000, 5, true, false, "logit-adjustment", null)]
    [InlineData(5000, 5, false, false, "mfw", null)]
    [InlineData(7, 0, false, true, "erm", null)]
    public void Equal_classes_are_trained_plainly(
        int largest,
        int smallest,
        bool onFeatures,
        bool converges,
        string method,
        string? optimizer
    )
    {
        var traits = new DataTraits(28, [largest, (largest + smallest) / 2, smallest]);
        traits = smallest == 0 ? traits with { Counts = [largest, 0] } : traits;

        StartingChoice choice = StartingRules.Methods(traits, onFeatures, converges);

        Assert.Equal(method, choice[StartingRules.Method]);
        Assert.Equal(optimizer, choice[StartingRules.Optimizer]);
    }

    [Theory]
    [InlineData("mfw")]
    [InlineData("erm")]
    public void What_is_decided_is_a_recipe_that_goes_together(string method)
    {
        foreach (int side in new[] { 28, 64, 500 })
        {
            int[] counts = method == "erm" ? [100, 100] : [100, 10];
            var traits = new DataTraits(side, counts);
            StartingChoice network = StartingRules.Network(traits, null);
            StartingChoice methods = StartingRules.Methods(traits, network[StartingRules.Features] is not null, true);

            Recipe recipe = network
                .Settings.Concat(methods.Settings)
                .Aggregate(Recipe.Default, (r, setting) => RecipeText.Set(r, $"{setting.Key}={setting.Value}"))
                .Resolve();

            Assert.Equal(recipe, RecipeText.Parse(RecipeText.Write(recipe), "recipe.toml"));
        }
    }

    [Fact]
    public void Classes_are_counted_in_the_version_that_is_trained_on()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        var survey = new DataSurvey(["a", "b"], labels, 28, 200);

        Assert.Equal([100, 100], DataTraits.Of(survey, new DataSettings()).Counts);
        Assert.Equal(
            [100, 10],
            DataTraits.Of(survey, new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 10 }).Counts
        );
        Assert.Equal(10, DataTraits.Of(survey, new DataSettings { Imbalance = ImbalanceKind.Step, Rho = 10 }).Rho);
    }

    [Theory]
    [InlineData(5, "4", "0.003125")]
    [InlineData(100, "8", "0.00625")]
    [InlineData(1023, "64", "0.05")]
    public void Few_images_are_trained_on_in_small_batches_at_a_rate_in_proportion(int images, string size, string rate)
    {
        StartingChoice choice = StartingRules.Batches(images)!;

        Assert.Equal((size, rate), (choice[StartingRules.BatchSize], choice[StartingRules.LearningRate]));
        Assert.Null(StartingRules.Batches(1024));
    }
}
