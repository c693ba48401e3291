using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Recipes;

namespace Counterpoise.Tests.Data;

public sealed class TrainingFoldsTests
{
    [Fact]
    public void Every_training_image_is_held_out_once_over_the_folds()
    {
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 12, testPerClass: 2);
        List<string> held = [];
        for (int fold = 0; fold < 4; fold++)
        {
            var data = TrainingData.Prepare(images, new DataSettings { HeldOutFolds = 4, HeldOutSplit = fold });

            Assert.Equal(120, data.Train.Count + data.HeldOut!.Count);
            Assert.Equal(Enumerable.Repeat(3, 10), ClassCounts.Of(data.HeldOut));
            HashSet<string> trained = [.. Pixels(data.Train)];
            Assert.DoesNotContain(Pixels(data.HeldOut), trained.Contains);
            held.AddRange(Pixels(data.HeldOut));
        }

        Assert.Equal(Pixels(images.Train).Order(), held.Order());
    }

    [Fact]
    public void A_class_in_one_fold_alone_stays_in_training()
    {
        var folds = TrainingFolds.Of([0, 0, 0, 0, 1, 2, 2], 3, [0, 1, 2, 3, 4, 5, 5], 2, seed: 0);

        Assert.Equal([0, 1, 2, 3], folds.Predicted);
        Assert.Equal([0, 1], folds.Held);
        Assert.Equal([true, true, true], folds.SeenWithout(0)[4..]);
        Assert.Equal([true, true, true], folds.SeenWithout(1)[4..]);
    }

    [Theory]
    [InlineData("data.held_out_folds=1", "data.held_out_folds is 1, expected 2 or more")]
    [InlineData("data.held_out_folds=3 data.held_out=2", "set one of them to 0")]
    [InlineData("data.held_out_folds=3 data.held_out_split=3", "expected a fold from 0 to 2")]
    public void What_does_not_go_together_is_refused(string assignments, string message)
    {
        Recipe recipe = assignments.Split(' ').Aggregate(Recipe.Erm, RecipeText.Set);

        Assert.Contains(message, Assert.Throws<UsageException>(recipe.Resolve).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Pixels(IImageSource images) =>
        Enumerable
            .Range(0, images.Count)
            .Select(image =>
            {
                using TorchSharp.torch.Tensor pixels = images.Read([image]);
                return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(pixels.bytes));
            });
}
