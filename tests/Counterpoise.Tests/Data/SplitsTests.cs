using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;

namespace Counterpoise.Tests.Data;

public sealed class SplitsTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Folds_of_single_images_have_each_class_to_one_image()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 50; trial++)
        {
            int classes = random.Next(2, 6);
            int folds = random.Next(2, 8);
            int[] labels = [.. Enumerable.Range(0, random.Next(20, 120)).Select(_ => random.Next(classes))];
            int[] found = Folds.Of(labels, classes, null, folds, (ulong)trial);
            for (int c = 0; c < classes; c++)
            {
                int[] counts =
                [
                    .. Enumerable
                        .Range(0, folds)
                        .Select(f => found.Where((fold, i) => fold == f && labels[i] == c).Count()),
                ];
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            }

            int[] sizes = [.. Enumerable.Range(0, folds).Select(f => found.Count(fold => fold == f))];
            Assert.InRange(sizes.Max() - sizes.Min(), 0, classes);
        }
    }

    [Fact]
    public void Folds_keep_groups_whole_and_classes_about_even()
    {
        var random = new Random(2);
        for (int trial = 0; trial < 30; trial++)
        {
            // Groups of one class, as patients are, and some of two.
            List<int> labels = [];
            List<int> groups = [];
            for (int group = 0; group < 90; group++)
            {
                int c = random.Next(10) < 7 ? 0 : 1;
                int size = random.Next(1, 9);
                for (int i = 0; i < size; i++)
                {
                    labels.Add(group % 10 == 0 ? random.Next(2) : c);
                    groups.Add(group);
                }
            }

            const int folds = 5;
            int[] found = Folds.Of(labels, 2, groups, folds, (ulong)trial);
            Assert.All(
                Enumerable.Range(0, 90),
                group => Assert.Single(found.Where((_, i) => groups[i] == group).Distinct())
            );
            for (int c = 0; c < 2; c++)
            {
                double all = labels.Count(label => label == c);
                Assert.All(
                    Enumerable.Range(0, folds),
                    f => Assert.InRange(found.Where((fold, i) => fold == f && labels[i] == c).Count() / all, 0.1, 0.3)
                );
            }

            Assert.Equal(found, Folds.Of(labels, 2, groups, folds, (ulong)trial));
            Assert.NotEqual(found, Folds.Of(labels, 2, groups, folds, (ulong)trial + 1000));
        }
    }

    [Fact]
    public void Held_out_groups_are_whole_and_come_near_to_the_number()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 30; trial++)
        {
            int[] groups = [.. Enumerable.Range(0, 200).Select(_ => random.Next(60))];
            int[] labels = [.. groups.Select(group => group % 3)];
            (int[] train, int[] held) = HeldOut.Split(labels, 3, 6, (ulong)trial, 0, groups);
            Assert.Equal(Enumerable.Range(0, 200), train.Concat(held).Order());
            Assert.Empty(held.Select(i => groups[i]).Intersect(train.Select(i => groups[i])));
            Assert.All(Enumerable.Range(0, 3), c => Assert.InRange(held.Count(i => labels[i] == c), 4, 8));
        }
    }

    [Fact]
    public void A_test_part_is_split_off_in_whole_groups_by_a_pattern_or_a_column()
    {
        List<string> rows = ["path,label,patient"];
        for (int patient = 0; patient < 40; patient++)
        {
            for (int i = 0; i <= patient % 4; i++)
            {
                string name = $"{(patient % 3 == 0 ? "sick" : "well")}/patient{patient}_{i}.png";
                TestTree.Image(temp.At(name.Split('/')));
                rows.Add($"{name},{name[..4]},{patient}");
            }
        }

        using (ImageData data = Open(temp.Path, new() { Group = @"patient(\d+)" }))
        {
            RequireWhole(data, note: "40 groups by 'patient(\\d+)' are kept together");
            Assert.NotNull(data.Groups);
            TrainingData held = TrainingData.Prepare(data, new DataSettings { HeldOut = 4 });
            Assert.InRange(held.HeldOut!.Count, 6, 10);
        }

        File.WriteAllLines(temp.At("list.csv"), rows);
        using (ImageData data = Open(temp.At("list.csv"), new() { Group = "patient" }))
        {
            RequireWhole(data, note: "40 groups by 'patient' are kept together");
        }

        Assert.Contains(
            "fits no path",
            Assert.Throws<UsageException>(() => Open(temp.Path, new() { Group = "tile" })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no regular expression",
            Assert.Throws<UsageException>(() => Open(temp.Path, new() { Group = "(" })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Each_image_is_in_the_test_part_of_one_fold()
    {
        TestTree.Make(temp, "cat 11; dog 7");
        HashSet<string> seen = [];
        for (int fold = 1; fold <= 3; fold++)
        {
            ImageListing listing = new FolderListing(
                temp.Path,
                new OpenOptions
                {
                    Listing = new() { Fold = fold, Folds = 3 },
                }
            ).List()!;
            Assert.Equal(18, listing.Train.Count + listing.Test.Count);
            Assert.All(listing.Test, file => Assert.True(seen.Add(file.Path)));
        }

        Assert.Equal(18, seen.Count);
        TestTree.Make(temp, "train/cat 2; train/dog 2; test/cat 1");
    }

    [Fact]
    public void Folds_of_data_with_a_test_part_and_a_class_of_one_group_are_refused()
    {
        TestTree.Make(temp, "train/cat 2; train/dog 2; test/cat 1");
        Assert.Contains(
            "folds are for data that has none",
            Assert.Throws<UsageException>(() => Open(temp.Path, new() { Fold = 1, Folds = 2 })).Message,
            StringComparison.Ordinal
        );
        TestTree.Make(temp, "one/a/p1_0.png; one/a/p1_1.png; one/b/p2_0.png; one/b/p3_1.png");
        Assert.Contains(
            "all images of class 'a' are of one group",
            Assert.Throws<CounterpoiseException>(() => Open(temp.At("one"), new() { Group = @"p\d" })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Groups_that_are_in_two_given_parts_are_said()
    {
        TestTree.Make(temp, "train/a/p1_0.png; train/b/p2_0.png; test/a/p1_1.png; test/b/p3_0.png");
        using ImageData data = Open(temp.Path, new() { Group = @"p\d" });
        Assert.Contains(
            data.Notes,
            note => note.Contains("1 groups are in more than one part, such as 'p1'", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Test_images_have_groups_of_their_own_in_memory_streamed_and_packed()
    {
        TestTree.Make(
            temp,
            "data/train/a/p1_0.png; data/train/b/p2_0.png; data/test/a/p3_0.png; data/test/a/p3_1.png; data/test/b/p4_0.png"
        );
        var options = new OpenOptions
        {
            Listing = new() { Group = @"p\d" },
            ImageSize = 8,
        };
        ImageDataSource.Pack(temp.At("data"), temp.At("data.pack"), options, TestContext.Current.CancellationToken);
        using ImageData inMemory = ImageDataSource.Open(temp.At("data"), options);
        using ImageData streamed = ImageDataSource.Open(temp.At("data"), options with { Store = ImageStore.Stream });
        using ImageData packed = ImageDataSource.Open(temp.At("data.pack"), options with { Listing = new() });

        Assert.All([inMemory, streamed, packed], data => Assert.Equal([0, 0, 1], data.TestGroups));
        Assert.Equal([0, 0, 1], TrainingData.Prepare(packed, new DataSettings()).TestGroups);
    }

    private static void RequireWhole(ImageData data, string note)
    {
        Assert.Contains(data.Notes, said => said.Contains(note, StringComparison.Ordinal));
        Assert.Contains(
            data.Notes,
            said => said.Contains("split off for testing in whole groups", StringComparison.Ordinal)
        );
        int all = data.Train.Count + data.Test.Count;
        Assert.InRange(data.Test.Count, all / 8, all / 3);
        Assert.All(
            Enumerable.Range(0, 2),
            c => Assert.InRange((double)data.Test.Labels.Count(label => label == c) / data.Test.Count, 0.1, 0.9)
        );
    }

    private static ImageData Open(string path, ListingOptions listing) =>
        ImageDataSource.Open(path, new OpenOptions { Listing = listing, ImageSize = 8 });
}
