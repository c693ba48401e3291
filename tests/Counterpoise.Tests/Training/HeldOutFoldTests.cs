using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;

namespace Counterpoise.Tests.Training;

/// <summary>What a network says of the fold that it was trained without is kept.</summary>
public sealed class HeldOutFoldTests : IDisposable
{
    private readonly PhaseRuns runs = new(perClass: 20);

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Probabilities_of_the_fold_are_kept_under_the_positions_that_images_have_without_folds(int fold)
    {
        Recipe recipe = PhaseRuns.Recipe("mfw", "data.held_out_folds=3", $"data.held_out_split={fold}");
        RunFolder run = runs.Train("run", recipe);

        PredictedImages said = PredictedImages.Read(Path.Combine(run.Path, RunFiles.OutOfFold));

        TrainingData data = runs.Data(recipe);
        TrainingData whole = runs.Data(PhaseRuns.Recipe("mfw"));
        Assert.Equal(data.HeldOut!.Count, said.Images.Count);
        Assert.Equal(data.HeldOut.Labels, said.Images.Select(image => image.Label));
        Assert.All(said.Images, image => Assert.Equal(whole.Train.Labels[image.Position], image.Label));
        Assert.All(said.Images, image => Assert.Equal(fold, image.Fold));
        Assert.All(said.Images, image => Assert.Equal(1, image.Probabilities.Sum(), 1e-5));
        Assert.Equal(
            (double)run.Result!["held_out_balanced_accuracy"]!,
            said.Metrics(data.ClassCounts).BalancedAccuracy,
            1e-9
        );
        int[] positions = [.. said.Images.Select(image => image.Position)];
        Assert.Equal(
            PixelsOf(data.HeldOut, [.. Enumerable.Range(0, positions.Length)]),
            PixelsOf(whole.Train, positions)
        );
    }

    [Fact]
    public void All_folds_together_have_every_image_of_a_class_that_can_spare_it_once()
    {
        int[] all =
        [
            .. Enumerable
                .Range(0, 3)
                .SelectMany(fold =>
                    runs.Data(
                        PhaseRuns.Recipe("erm", "data.held_out_folds=3", $"data.held_out_split={fold}")
                    ).HeldOutPart!.Positions
                ),
        ];

        IReadOnlyList<int> counts = runs.Data(PhaseRuns.Recipe("erm")).ClassCounts;
        Assert.Equal(all.Distinct(), all);
        Assert.Equal(counts.Where(count => count > 1).Sum(), all.Length);
    }

    private static byte[] PixelsOf(IImageSource images, int[] positions)
    {
        using TorchSharp.torch.Tensor pixels = images.Read(positions);
        return pixels.data<byte>().ToArray();
    }
}
