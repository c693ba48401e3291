using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Tests.Data;

public sealed class FolderLayoutTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    // Classes.
    [InlineData("cat 5; dog 10", "cat 4+1, dog 8+2")]
    [InlineData("cat/a 5; cat/b 5; dog 5", "cat 8+2, dog 4+1")]
    [InlineData("n01/images 5; n02/images 5", "n01 4+1, n02 4+1")]
    [InlineData("bus 5; car 5; train 5", "bus 4+1, car 4+1, train 4+1")]
    [InlineData("valid 5; invalid 5", "invalid 4+1, valid 4+1")]
    [InlineData("test 5; control 5", "control 4+1, test 4+1")]
    [InlineData("train_station 5; airport 5", "airport 4+1, train_station 4+1")]
    [InlineData("__background__ 5; _other 5; aeroplane 5", "__background__ 4+1, _other 4+1, aeroplane 4+1")]
    [InlineData("0 5; 1 5; 10 5", "0 4+1, 1 4+1, 10 4+1")]
    [InlineData("Grüße 5; 猫 5; a b 5", "Grüße 4+1, a b 4+1, 猫 4+1")]
    // Parts.
    [InlineData("train/cat 3; train/dog 2", "cat 2+1, dog 1+1")]
    [InlineData("train/cat 3; train/dog 2; test/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("train/cat 3; train/dog 2; val/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("train/cat 3; train/dog 2; val/cat 1; test/dog 2", "cat 3+0+1, dog 2+2+0")]
    [InlineData("Training/cat 3; Training/dog 2; Testing/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("training_set/cat 3; training_set/dog 2; test_set/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("seg_train/cat 3; seg_train/dog 2; seg_test/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("seg_train/seg_train/cat 3; seg_train/seg_train/dog 2; seg_test/seg_test/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("train_images/cat 3; train_images/dog 2; test_images/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("TRAIN/cat 3; TRAIN/dog 2; eval/cat 1; dev/dog 1", "cat 3+1+0, dog 2+0+1")]
    [InlineData("TrainSet/cat 3; TrainSet/dog 2; ValidationSet/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("train2017/cat 3; train2017/dog 2; val2017/cat 1", "cat 3+1, dog 2+0")]
    [InlineData("train/bus 3; train/train 2; test/train 1", "bus 3+0, train 2+1")]
    [InlineData("train/cat 3; train/dog 2; test/cat 1; docs/figures 4", "cat 3+1, dog 2+0")]
    [InlineData("cat/train 3; cat/test 1; dog/train 2; dog/test 2", "cat 3+1, dog 2+2")]
    [InlineData("cat/Train 3; cat/Test 1; dog/training 2; dog/testing 2", "cat 3+1, dog 2+2")]
    [InlineData("cat/train 3; cat/test 1; dog/train 2; bird/train 2", "bird 2+0, cat 3+1, dog 2+0")]
    [InlineData("bus/train 3; bus/test 1; train/train 2; train/test 2", "bus 3+1, train 2+2")]
    [InlineData("negative test 5; positive test 5", "negative test 4+1, positive test 4+1")]
    [InlineData("test_tube 5; train_station 5", "test_tube 4+1, train_station 4+1")]
    public void Folders_are_parts_or_classes_by_names_and_contents(string tree, string expected)
    {
        TestTree.Make(temp, tree);
        Assert.Equal(expected, TestTree.Describe(TestTree.Inspect(temp.Path)));
    }

    [Theory]
    [InlineData(
        "a/cat 2; a/dog 2; b/cat 2; b/dog 2",
        "all hold the folders cat/, dog/, so they may be parts or classes"
    )]
    [InlineData(
        "bus 2; car 2; train/steam 2; train/electric 2",
        "train/ may be a part, with the classes electric/, steam/, or a class beside bus/, car/"
    )]
    [InlineData(
        "cat 2; dog 2; test/cat 2; test/dog 2",
        "test/ may be a part, with the classes cat/, dog/, or a class beside cat/, dog/"
    )]
    [InlineData("cat 2; dog 2; val/cat 2", "val/ may be a part, with the classes cat/, or a class beside cat/, dog/")]
    [InlineData(
        "cat/train 2; cat/test 2; dog/train 2; dog/test 2; bird 4",
        "cat/ holds the parts test/, train/, and bird/ does not"
    )]
    [InlineData("cat/x/train 2; cat/x/test 2; dog/x/train 2; dog/x/test 2", "holds folders that are named like parts")]
    [InlineData("train/cat/train 2; train/cat/test 2; train/dog/train 2", "holds folders that are named like parts")]
    [InlineData(
        "s1/train/cat 2; s1/train/dog 2; s1/test/cat 2; s2/train/cat 2; s2/train/dog 2",
        "are collections and no classes"
    )]
    [InlineData(
        "train/m/young 2; train/m/old 2; train/f/young 2; train/f/old 2; test/m 1",
        "all hold the folders old/, young/"
    )]
    [InlineData("train/images 3; train/masks 3; test/images 3", "images and their masks or labels, not classes")]
    [InlineData("cat/images 2; cat/masks 2; dog/images 2; dog/masks 2", "leave masks out with exclude masks")]
    [InlineData("train/cat 2; train/dog 2; training/cat 2; training/dog 2", "train/, training/ are the same part")]
    [InlineData("train 3; test 2", "train: found no images in folders per class")]
    [InlineData("test/cat 1; test/dog 1", "found test/ but no train/ beside it")]
    public void What_can_be_read_in_two_ways_is_refused(string tree, string message)
    {
        TestTree.Make(temp, tree);
        Assert.Contains(
            message,
            Assert.ThrowsAny<CounterpoiseException>(() => TestTree.Inspect(temp.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_user_says_what_folders_are()
    {
        TestTree.Make(temp, "train/a 5; train/b 5; other/a 5; other/b 5");
        Assert.Equal(
            "other 8+2, train 8+2",
            TestTree.Describe(TestTree.Inspect(temp.Path, new() { Folders = FolderReading.Classes }))
        );
        DataInspection parts = TestTree.Inspect(temp.Path, new() { Folders = FolderReading.Parts });
        Assert.Equal("a 4+1, b 4+1", TestTree.Describe(parts));
        Assert.Equal("10 images in folders beside the parts", TestTree.DescribeLeftOut(parts.LeftOut));
    }

    [Fact]
    public void A_folder_elsewhere_can_be_tested_on()
    {
        TestTree.Make(temp, "mine/a 5; mine/b 5; theirs/b 2");
        Assert.Equal(
            "a 5+0, b 5+2",
            TestTree.Describe(TestTree.Inspect(temp.At("mine"), new() { TestData = temp.At("theirs") }))
        );
    }

    [Theory]
    [InlineData("a 5; b 5; c/a 1; c/b 2")]
    [InlineData("a 5; b 5; a/c/a 1; a/c/b 2")]
    [InlineData("train/a 5; train/b 5; c/a 1; c/b 2")]
    public void A_folder_within_can_be_tested_on_and_is_no_class(string tree)
    {
        TestTree.Make(temp, tree);
        string test = temp.At(tree.Contains("a/c", StringComparison.Ordinal) ? ["a", "c"] : ["c"]);
        DataInspection found = TestTree.Inspect(temp.Path, new() { TestData = test });
        Assert.Equal("a 5+1, b 5+2", TestTree.Describe(found));
        Assert.Empty(found.LeftOut);
    }

    [Fact]
    public void Images_of_a_kind_that_is_not_read_are_named_where_there_are_no_others()
    {
        TestTree.Make(temp, "a/1.heic; a/2.heic; b/1.HEIC");
        Assert.Contains(
            "found no image that is read, but 3 files ending with .heic, which are not read",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.Path)).Message
        );
        TestTree.Make(temp, "c 2; d 2");
        Assert.Contains(
            "the class folder holds no images (.jpg",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.Path)).Message
        );
        Assert.Contains(
            "but 2 files ending with .heic, which are not read",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.Path)).Message
        );
    }

    [Theory]
    [InlineData("train/cat 3; train/dog 2; val/cat 1; test 4", "cat 3+1, dog 2+0", "4 images of a part without labels")]
    [InlineData(
        "train/cat 3; train/dog 2; val/cat 1; test/images 4",
        "cat 3+1, dog 2+0",
        "4 images of a part without labels"
    )]
    [InlineData("train/cat 5; train/dog 5; test/unknown 4", "cat 4+1, dog 4+1", "4 images of a part without labels")]
    public void A_part_without_labels_is_left_out_and_said(string tree, string expected, string leftOut)
    {
        TestTree.Make(temp, tree);
        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Equal(expected, TestTree.Describe(found));
        Assert.Equal(leftOut, TestTree.DescribeLeftOut(found.LeftOut));
    }

    [Fact]
    public void Every_spelling_of_a_part_is_one()
    {
        string[][] words =
        [
            ["train", "training"],
            ["test", "testing", "eval", "holdout"],
            ["val", "valid", "validation", "dev"],
        ];
        string[] around =
        [
            "{0}",
            "{0}_set",
            "{0}set",
            "{0}-images",
            "my_{0}",
            "{0} data",
            "{0}2012",
            "{0}_1",
            "seg_{0}",
            "{0}.v2",
        ];
        Func<string, string>[] cases = [s => s, s => s.ToUpperInvariant(), s => char.ToUpperInvariant(s[0]) + s[1..]];
        Part[] parts = [Part.Train, Part.Test, Part.Validation];
        for (int part = 0; part < parts.Length; part++)
        {
            foreach (string word in words[part])
            {
                foreach (string form in around)
                {
                    foreach (Func<string, string> change in cases)
                    {
                        string name = change(
                            string.Format(System.Globalization.CultureInfo.InvariantCulture, form, word)
                        );
                        Assert.True(PartNames.Of(name) == parts[part], name);
                    }
                }
            }
        }

        Assert.All(
            [
                "trainval",
                "train_val",
                "train+test",
                "trains",
                "invalid",
                "contest",
                "latest",
                "value",
                "cat",
                "restraint",
                "",
                "1",
            ],
            name => Assert.Null(PartNames.Of(name))
        );
    }

    [Fact]
    public void Names_that_differ_in_writing_alone_are_told()
    {
        TestTree.Make(temp, "Cat 2; cat 2; caf\u00e9 2; cafe\u0301 2; 1 2; 01 2; dog 2");
        string note = Assert.Single(
            TestTree.Inspect(temp.Path).Notes,
            note => note.Contains("differ in writing alone", StringComparison.Ordinal)
        );
        Assert.Contains("'Cat' and 'cat'", note, StringComparison.Ordinal);
        Assert.Contains("'01' and '1'", note, StringComparison.Ordinal);
        Assert.Contains("'cafe\u0301' and 'caf\u00e9'", note, StringComparison.Ordinal);
        Assert.DoesNotContain("dog", note, StringComparison.Ordinal);
    }
}
