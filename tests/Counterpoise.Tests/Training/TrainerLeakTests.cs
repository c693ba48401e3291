using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Tests.Data;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

[Collection(CountsTensors.Name)]
public sealed class TrainerLeakTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_whole_training_leaves_no_tensors(bool fineTunes)
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = SmallTraining.Recipe("mfw+drw", epochs: 3);
        recipe = recipe with
        {
            Data = recipe.Data with { Imbalance = ImbalanceKind.Natural, ImageSize = 8, Pad = 1 },
            Training = recipe.Training with { BatchSize = 4, EvaluateEvery = 1 },
        };
        recipe = fineTunes ? FineTuningTests.Settings.Aggregate(recipe, RecipeText.Set).Resolve() : recipe;
        using var images = new ImageData("test", TestImages.Random(12, 8, 8), TestImages.Random(6, 8, 8), []);
        SmallTraining.Train(folder["first"], recipe, images).Dispose();
        long live = LiveTensors.Count();

        SmallTraining.Train(folder["second"], recipe, images).Dispose();

        // TorchSharp goes on counting the tensor that a parameter was made of, though nothing is left of it.
        long left = Tensor.TotalCount - live;
        using StagedNetwork network = NetworkCatalogue.Find(recipe.Model).Create(2, new Draws(0));
        Assert.Equal(network.parameters().Count(), left);
    }
}
