using Counterpoise.Basics;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Metrics;

public sealed class PredictedImagesTests : IDisposable
{
    private static readonly PredictedImages Said = new(
        ["ant, red", "\"bee\""],
        [
            new PredictedImage(0, 1, Group: 3, Fold: 2, [0.25f, 0.75f]),
            new PredictedImage(7, 0, Group: null, Fold: 0, [1f / 3, 2f / 3]),
        ]
    );

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_with_the_same_bits()
    {
        File.WriteAllText(folder["said.csv"], Said.Csv());
        PredictedImages read = PredictedImages.Read(folder["said.csv"]);

        Assert.Equal(Said.Classes, read.Classes);
        foreach ((PredictedImage expected, PredictedImage actual) in Said.Images.Zip(read.Images))
        {
            Assert.Equal(expected.Probabilities, actual.Probabilities);
            Assert.Equal(
                (expected.Position, expected.Label, expected.Group, expected.Fold),
                (actual.Position, actual.Label, actual.Group, actual.Fold)
            );
        }

        Assert.Equal(2, read.Images.Count);
        Assert.Equal([true, false], read.Images.Select(image => image.IsRight));
    }

    [Fact]
    public void Logits_are_shifted_by_the_class_sizes_that_the_fold_was_trained_on()
    {
        PredictedImages shifted = Said.Shifted([10, 4], counts => [Math.Log(counts[0]), Math.Log(counts[1])]);

        // Fold 2 has an image of the second class, fold 0 one of the first.
        Assert.Equal(10 * 0.25 / ((10 * 0.25) + (3 * 0.75)), shifted.Images[0].Probabilities[0], 1e-6);
        Assert.Equal(9.0 / 3 / ((9.0 / 3) + (4 * 2.0 / 3)), shifted.Images[1].Probabilities[0], 1e-6);
    }

    [Theory]
    [InlineData("image,class,group,fold,ant\n0,bee,,0,1\n")]
    [InlineData("image,class,group,fold,ant\nx,ant,,0,1\n")]
    [InlineData("")]
    public void A_damaged_file_is_named(string text)
    {
        File.WriteAllText(folder["said.csv"], text);
        Assert.Contains(
            "said.csv is damaged",
            Assert.Throws<CounterpoiseException>(() => PredictedImages.Read(folder["said.csv"])).Message
        );
    }
}
