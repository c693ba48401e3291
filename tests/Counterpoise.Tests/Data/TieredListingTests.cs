using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
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
    public void A_pack_is_of_one_step_and_refused_for_the_other()
    {
        foreach (string name in new[] { "n1", "n2", "n3", "n4", "n5" })
        {
            for (int i = 10; i < 60; i++)
            {
                TestFiles.Write(temp.At("images", name, $"{i}.png"), new SKColor((byte)i, 1, 1));
            }
        }

        string pack = temp.At("tiered.pack");
        var tune = new OpenOptions { ImageSize = 8, Tiered = TieredStep.Tune };
        ImageDataSource.Pack(temp.At("."), pack, tune, TestContext.Current.CancellationToken);

        using ImageData opened = ImageDataSource.Open(pack, tune);
        var refused = Assert.Throws<UsageException>(() =>
            ImageDataSource.Open(pack, tune with { Tiered = TieredStep.Test })
        );

        Assert.Equal(["n1", "n2", "n3"], opened.Train.Classes);
        Assert.Contains("was packed with data.tiered tune, but test is asked for", refused.Message);
    }

    [Fact]
    public void Missing_folders_and_too_few_images_are_named()
    {
        Directory.Delete(temp.At("images", "n4", "x")[..^2], recursive: true);
        Assert.Contains(
            "test.txt: there is no folder of images of the class 'n4'",
            Assert.Throws<CounterpoiseException>(() => List(TieredStep.Test)).Message
        );
        TestFiles.Write(temp.At("images", "n4", "0.png"), new SKColor(1, 1, 1));
        Assert.Contains(
            "has 1 images, expected at least 6",
            Assert.Throws<CounterpoiseException>(() => List(TieredStep.Test)).Message
        );
    }

    [Theory]
    [InlineData("n3\nn2\n", "val.txt: the class 'n2' is listed twice, the first time in")]
    [InlineData("n3\nn3\n", "val.txt: the class 'n3' is listed twice")]
    [InlineData("../outside\n", "val.txt: '../outside' is no name of a class folder")]
    [InlineData("..\n", "val.txt: '..' is no name of a class folder")]
    [InlineData("/etc\n", "val.txt: '/etc' is no name of a class folder")]
    public void A_wrong_name_is_refused_in_either_step(string validation, string named)
    {
        File.WriteAllText(temp.At("val.txt"), validation);
        foreach (TieredStep step in Enum.GetValues<TieredStep>())
        {
            Assert.Contains(named, Assert.Throws<CounterpoiseException>(() => List(step)).Message);
        }
    }

    [Fact]
    public void Classes_may_lie_in_a_folder_for_each_list()
    {
        ImageListing before = List(TieredStep.Test);
        foreach (
            (string name, string part) in new[]
            {
                ("n1", "train"),
                ("n2", "train"),
                ("n3", "val"),
                ("n4", "test"),
                ("n5", "test"),
            }
        )
        {
            Directory.Move(Path.Combine(temp.Path, "images", name), temp.At(part, name));
        }

        foreach (string part in new[] { "train", "val", "test" })
        {
            File.Move(temp.At($"{part}.txt"), temp.At($"{part}_classes.txt"));
        }

        ImageListing after = List(TieredStep.Test);

        Assert.Equal(before.Classes, after.Classes);
        Assert.Equal(before.Train.Select(Ending), after.Train.Select(Ending));
        static string Ending(ImageFile file) => string.Join('/', file.Path.Split('/', '\\')[^2..]);
    }

    [Fact]
    public void Lists_of_classes_without_their_folders_are_refused()
    {
        Directory.Delete(Path.Combine(temp.Path, "images"), recursive: true);
        Assert.Null(TieredListing.Find(temp.Path, new OpenOptions(), Counts));
        File.Move(temp.At("train.txt"), temp.At("train_classes.txt"));
        Assert.Contains(
            "train_classes.txt: found a folder of none of its classes",
            Assert.Throws<CounterpoiseException>(() => List(TieredStep.Test)).Message
        );
    }

    [Theory]
    [InlineData(
        TieredStep.Test,
        "2 major classes, and 2 minor ones of the test list with 5 training images each",
        "7,7,5,5",
        50
    )]
    [InlineData(
        TieredStep.Tune,
        "2 major classes, and 1 minor ones of the validation list with 5 training images each",
        "7,7,5",
        3
    )]
    public void The_form_is_recognised_with_the_papers_numbers(TieredStep step, string said, string train, int test)
    {
        foreach (string name in new[] { "n1", "n2", "n3", "n4", "n5" })
        {
            byte[] image = File.ReadAllBytes(temp.At("images", name, "0.png"));
            for (int i = 10; i < 60; i++)
            {
                File.WriteAllBytes(temp.At("images", name, $"{i}.png"), image);
            }
        }

        DataInspection found = ImageDataSource.Inspect(temp.Path, new OpenOptions { Tiered = step });

        Assert.Contains("recognised Tiered-ImageNet's class lists", found.Notes[0]);
        Assert.Contains(said, found.Notes[1]);
        Assert.Equal(train, string.Join(',', found.TrainCounts));
        Assert.All(found.TestCounts, count => Assert.Equal(test, count));
    }

    [Fact]
    public void The_paper_takes_five_three_and_fifty() => Assert.Equal(new TieredCounts(5, 3, 50), TieredCounts.Paper);

    private ImageListing List(TieredStep step, ulong seed = 0) =>
        TieredListing.Find(temp.Path, new OpenOptions { Tiered = step, Seed = seed }, Counts)!;

    private static int[] CountsOf(IEnumerable<ImageFile> files, int classes) =>
        [.. Enumerable.Range(0, classes).Select(label => files.Count(file => file.Label == label))];
}
