using Counterpoise.Data;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class TieredListingTests : IDisposable
{
    private static readonly TieredCounts Counts = new(Minor: 2, Validation: 1, Test: 3);
    private readonly TempFolder temp = new();

    public TieredListingTests()
    {
        File.WriteAllText(temp.At("train.txt"), "n1\nn2\n");
        File.WriteAllText(temp.At("val.txt"), "n3\n");
        File.WriteAllText(temp.At("test.txt"), "n4\nn5\n");
        foreach (string name in new[] { "n1", "n2", "n3", "n4", "n5" })
        {
            for (int i = 0; i < 10; i++)
            {
                TestFiles.Write(temp.At("images", name, $"{i}.png"), new SKColor((byte)(20 * i), 1, 1));
            }
        }
    }

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Majors_keep_what_is_not_set_aside_and_minors_two_training_images()
    {
        ImageListing test = List(TieredStep.Test);
        ImageListing tune = List(TieredStep.Tune);

        Assert.Equal(["n1", "n2", "n4", "n5"], test.Classes);
        Assert.Equal([6, 6, 2, 2], CountsOf(test.Train, 4));
        Assert.Equal([3, 3, 3, 3], CountsOf(test.Test, 4));
        Assert.Equal(["n1", "n2", "n3"], tune.Classes);
        Assert.Equal([6, 6, 2], CountsOf(tune.Train, 3));
        Assert.Equal([1, 1, 1], CountsOf(tune.Test, 3));

        // What is trained on, validated on and tested on are apart; the majors train on the same in both steps.
        string[] major = [.. test.Train.Where(file => file.Label < 2).Select(file => file.Path)];
        Assert.Equal(major, tune.Train.Where(file => file.Label < 2).Select(file => file.Path));
        string[] all =
        [
            .. major,
            .. test.Test.Concat(tune.Test).Where(file => file.Label < 2).Select(file => file.Path),
        ];
        Assert.Equal(20, all.Distinct().Count());
        Assert.Equal(20, all.Length);
    }

    [Fact]
    public void The_choice_belongs_to_the_data_seed()
    {
        Assert.Equal(List(TieredStep.Test).Test, List(TieredStep.Test).Test);
        Assert.NotEqual(List(TieredStep.Test).Test, List(TieredStep.Test, seed: 1).Test);
    }

    [Fact]
    public void Missing_folders_and_too_few_images_are_named()
    {
        Directory.Delete(temp.At("images", "n4", "x")[..^2], recursive: true);
        Assert.Contains("a list names 'n4'", Assert.Throws<CounterpoiseException>(() => List(TieredStep.Test)).Message);
        TestFiles.Write(temp.At("images", "n4", "0.png"), new SKColor(1, 1, 1));
        Assert.Contains(
            "has 1 images, expected at least 6",
            Assert.Throws<CounterpoiseException>(() => List(TieredStep.Test)).Message
        );
    }

    [Fact]
    public void The_paper_takes_five_three_and_fifty() => Assert.Equal(new TieredCounts(5, 3, 50), TieredCounts.Paper);

    private ImageListing List(TieredStep step, ulong seed = 0) =>
        TieredListing.Find(temp.Path, new OpenOptions { Tiered = step, Seed = seed }, Counts)!;

    private static int[] CountsOf(IEnumerable<ImageFile> files, int classes) =>
        [.. Enumerable.Range(0, classes).Select(label => files.Count(file => file.Label == label))];
}
