using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void What_a_user_may_not_expect_of_the_images_is_told_with_the_setting()
    {
        foreach (string part in new[] { "train", "test" })
        {
            TestFiles.Write(temp.At(part, "a", "clear.png"), 8, 8, (x, _) => new SKColor(0, 0, 0, (byte)(9 * x)));
            TestFiles.WritePng(
                temp.At(part, "b", "deep.png"),
                (2, 1, 16, 0),
                [
                    [0, 0, 9, 0],
                ]
            );
            TestFiles.Write(temp.At(part, "b", "good.png"), SKColors.Red);
        }

        string[] expected =
        [
            $"{temp.Path}: 2 images with transparent pixels: train/a/clear.png, test/a/clear.png; these are laid over black, and data.background sets another colour.",
            $"{temp.Path}: 2 images of one colour throughout: train/a/clear.png, test/a/clear.png; data.background sets another colour below those with transparent pixels.",
            $"{temp.Path}: 2 images of 16 bits that use so little of the range that hardly anything is seen: train/b/deep.png, test/b/deep.png; data.range=file scales each file by its own smallest and largest value.",
        ];
        var options = new OpenOptions { ImageSize = 8 };
        using (ImageData data = ImageDataSource.Open(temp.Path, options))
        {
            Assert.Equal(expected, OfImages(data.Notes));
        }

        Assert.Equal(expected, OfImages(ImageDataSource.Inspect(temp.Path, options).Notes));
        OpenOptions white = options with { Background = BackgroundColour.Parse("#ff0000"), Range = PixelRange.File };
        using ImageData other = ImageDataSource.Open(temp.Path, white);
        Assert.Equal(
            expected[0].Replace("over black", "over #ff0000", StringComparison.Ordinal),
            OfImages(other.Notes).Single()
        );
        Assert.Equal([255, 0, 0], TestImages.Bytes(other.Train, 0).Where((_, i) => i % 64 == 0));
    }

    private static IEnumerable<string> OfImages(IEnumerable<string> notes) =>
        notes.Skip(1).Where(note => !note.Contains("the same bytes", StringComparison.Ordinal));

    [Fact]
    public void What_began_with_an_older_version_lists_what_that_listed()
    {
        TestTree.Make(temp, "train/cat 3; train/dog 2; val/cat 1; test/dog 2; train/cat/more.jpg");
        File.Move(temp.At("train", "cat", "more.jpg"), temp.At("train", "cat", "more.jfif"));
        using ImageData now = Open();
        Assert.Equal((6, 1), (now.Train.Count, now.Validation!.Count));
        using ImageData before = Open(new OpenOptions { Decoding = DecodingRules.First });
        Assert.Equal((5, null), (before.Train.Count, before.Validation));
        Assert.Contains(
            before.Notes,
            note => note.Contains("left out files ending with .jfif, which are not read (1", StringComparison.Ordinal)
        );
        Assert.Contains(
            before.Notes,
            note => note.Contains("validation part, 1 images, is not used", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Train_and_test_are_read_in_ordinal_order()
    {
        Add(2, "train", "b");
        Add(3, "train", "a");
        Add(1, "test", "b");
        Add(2, "test", "a");
        using ImageData data = Open();
        Assert.Equal(Path.GetFileName(temp.Path), data.Name);
        Assert.Equal(["a", "b"], data.Train.Classes);
        Assert.Equal([0, 0, 0, 1, 1], data.Train.Labels);
        Assert.Equal([0, 0, 1], data.Test.Labels);
        Assert.Equal(32, data.Test.Height);
        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(i => TestImages.Bytes(data.Train, i)[0] / 10));
        Assert.Equal(
            $"{temp.Path}: recognised a folder of images: 2 classes, 5 training and 3 test images.",
            data.Notes[0]
        );
        Assert.Null(data.FixedNormalisation);
    }

    [Theory]
    [InlineData("val")]
    [InlineData("valid")]
    [InlineData("Test")]
    public void A_validation_folder_is_the_test_part_where_there_is_no_other(string name)
    {
        Add(2, "train", "a");
        Add(2, "train", "b");
        Add(1, name, "b");
        using ImageData data = Open();
        Assert.Equal([1], data.Test.Labels);
        Assert.Contains($"{temp.At(name)}: no test images of a.", data.Notes);
    }

    [Fact]
    public void A_folder_without_a_test_part_has_a_fifth_of_each_class_split_off()
    {
        Add(10, "a");
        Add(2, "b");
        Add(7, "c");
        using ImageData data = Open(new OpenOptions { Seed = 3 });
        Assert.Equal([8, 1, 6], ClassPositions.Of(data.Train.Labels, 3).Select(list => list.Length));
        Assert.Equal([2, 1, 1], ClassPositions.Of(data.Test.Labels, 3).Select(list => list.Length));
        Assert.Equal(
            $"{temp.Path}: there is no test part; 4 of 19 images, 20 % of each class, were split off for testing (data seed 3).",
            data.Notes[1]
        );
        int[] seen = [.. Enumerable.Range(0, 8).Select(i => (int)TestImages.Bytes(data.Train, i)[0])];
        int[] unseen = [.. Enumerable.Range(0, 2).Select(i => (int)TestImages.Bytes(data.Test, i)[0])];
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 10 * i), seen.Concat(unseen).Order());

        using ImageData again = Open(new OpenOptions { Seed = 3 });
        Assert.Equal(Fingerprint.Of(data.Test), Fingerprint.Of(again.Test));
        string[] others =
        [
            .. Enumerable
                .Range(4, 5)
                .Select(seed => string.Join(' ', Listing((ulong)seed).Test.Select(file => file.Path))),
        ];
        Assert.True(others.Distinct().Count() > 1);
    }

    [Fact]
    public void Nested_folders_belong_to_the_class_and_everything_else_is_ignored()
    {
        Add(1, "train", "a", "images", "deep");
        Add(1, "train", "a");
        Add(1, "train", "b");
        Add(1, "train", "b", ".thumbnails");
        Add(1, "train", ".git");
        Add(1, "train", "__MACOSX");
        Add(1, "test", "a");
        File.WriteAllText(temp.At("LICENSE"), "MIT");
        File.WriteAllText(temp.At("train", "stray.png"), "not in a class");
        File.WriteAllText(temp.At("train", "a", "Thumbs.db"), "x");
        File.WriteAllText(temp.At("train", "a", "notes.txt"), "x");
        File.WriteAllText(temp.At("train", "a", ".hidden.png"), "x");
        TestFiles.Write(temp.At("train", "b", "upper.JPEG"), SKColors.Red);
        using ImageData data = Open();
        Assert.Equal(["a", "b"], data.Train.Classes);
        Assert.Equal([0, 0, 1, 1], data.Train.Labels);
    }

    [Fact]
    public void A_test_class_that_training_lacks_is_named()
    {
        Add(1, "train", "cat");
        Add(1, "train", "dog");
        Add(1, "test", "cats");
        AssertFails(
            $"{temp.At("test", "cats")}: the test set has the class 'cats', which {temp.At("train")} lacks; did you mean 'cat'?"
        );
    }

    [Fact]
    public void A_class_folder_without_images_is_named()
    {
        Add(2, "a");
        Add(2, "b");
        Directory.CreateDirectory(temp.At("empty"));
        AssertFails(
            $"{temp.At("empty")}: the class folder holds no images (.jpg, .jpeg, .jpe, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff);"
        );
    }

    [Fact]
    public void A_class_with_one_image_cannot_be_split()
    {
        Add(2, "a");
        Add(1, "b");
        AssertFails("class 'b' has 1 image, expected at least 2");
    }

    [Fact]
    public void One_class_is_not_enough()
    {
        Add(5, "a");
        AssertFails($"{temp.Path}: found one class, 'a', expected at least two");
    }

    [Fact]
    public void A_test_folder_without_a_training_folder_is_refused()
    {
        Add(1, "test", "a");
        AssertFails($"{temp.Path}: found test/ but no train/ beside it");
    }

    [Fact]
    public void A_test_folder_without_images_is_refused()
    {
        Add(2, "train", "a");
        Add(2, "train", "b");
        Directory.CreateDirectory(temp.At("test", "a"));
        AssertFails($"{temp.At("test")}: found no test images;");
    }

    [Fact]
    public void A_folder_without_images_lists_the_accepted_forms()
    {
        Directory.CreateDirectory(temp.At("a"));
        AssertFails(
            $"{temp.Path}: found no images in folders per class; expected a folder with one folder of images per class, "
        );
    }

    [Fact]
    public void The_first_unreadable_file_in_order_is_named()
    {
        Add(30, "train", "a");
        Add(30, "train", "b");
        Add(1, "test", "a");
        foreach (string broken in new[] { "07.png", "20.png" })
        {
            File.WriteAllText(temp.At("train", "b", broken), "broken");
        }

        AssertFails(
            $"{temp.At("train", "b", "07.png")}: could not be read: it is text, not an image: remove it, or download the image again; replace or remove"
        );
    }

    [Fact]
    public void Unreadable_files_are_skipped_counted_and_named_where_asked()
    {
        Add(30, "train", "a");
        Add(2, "train", "b");
        Add(2, "test", "a");
        Add(1, "test", "b");
        for (int i = 0; i < 25; i++)
        {
            File.WriteAllText(temp.At("train", "a", $"{i:00}.png"), "broken");
        }

        File.WriteAllText(temp.At("test", "a", "00.png"), "");
        using ImageData data = Open(new OpenOptions { SkipUnreadable = true });
        Assert.Equal([0, 0, 0, 0, 0, 1, 1], data.Train.Labels);
        Assert.Equal([0, 1], data.Test.Labels);
        Assert.Equal(250, TestImages.Bytes(data.Train, 0)[0]);
        Assert.Equal(10, TestImages.Bytes(data.Test, 0)[0]);
        Assert.Contains("7 training and 2 test images", data.Notes[0], StringComparison.Ordinal);
        Assert.Contains($"{temp.Path}: skipped 26 unreadable files.", data.Notes);
        Assert.Contains(
            $"{temp.At("train", "a", "00.png")}: skipped: it is text, not an image: remove it, or download the image again.",
            data.Notes
        );
        Assert.Equal("and 6 more unreadable files.", data.Notes[^1]);
        Assert.Equal(20, data.Notes.Count(note => note.Contains(": skipped: ", StringComparison.Ordinal)));
        Assert.Equal(26, data.LeftOut.Sum(left => left.Count));
    }

    [Fact]
    public void A_class_left_without_readable_training_images_is_refused()
    {
        Add(1, "train", "a");
        Add(1, "train", "b");
        Add(1, "test", "a");
        File.WriteAllText(temp.At("train", "b", "00.png"), "broken");
        AssertFails("class 'b' has no readable training image", new OpenOptions { SkipUnreadable = true });
    }

    [Fact]
    public void Progress_reaches_the_number_of_files()
    {
        Add(20, "train", "a");
        Add(20, "train", "b");
        Add(10, "test", "a");
        Recorder recorder = new();
        Open(new OpenOptions { Progress = recorder }).Dispose();
        Assert.Contains((50, 50), recorder.Reports);
    }

    [Fact]
    public void TinyImageNets_validation_table_gives_the_test_labels()
    {
        Add(2, "train", "n01", "images");
        Add(2, "train", "n02", "images");
        Add(3, "val", "images");
        Add(1, "test", "images"); // As published, and without labels.
        File.WriteAllText(
            temp.At("val", "val_annotations.txt"),
            "00.png\tn02\t0\t0\t9\t9\n01.png\tn01\t0\t0\t9\t9\n02.png\tn02\t0\n"
        );
        using (ImageData data = Open())
        {
            Assert.Equal([0, 1, 1], data.Test.Labels);
            Assert.Equal(10, TestImages.Bytes(data.Test, 0)[0]);
        }

        File.WriteAllText(temp.At("val", "val_annotations.txt"), "00.png\tn02\n01.png\tn03\n");
        AssertFails("val_annotations.txt: line 2 has the class 'n03', which train/ lacks");
        File.WriteAllText(temp.At("val", "val_annotations.txt"), "77.png\tn02\n");
        AssertFails("val_annotations.txt: line 1 names '77.png', which is not in");
    }

    [Fact]
    public void Inspecting_counts_measures_and_lists_what_is_unreadable()
    {
        Add(2, "train", "a");
        Add(1, "train", "b");
        Add(1, "test", "a");
        TestFiles.Write(temp.At("train", "b", "large.jpg"), 100, 50, (x, _) => new SKColor(0, 0, (byte)x));
        TestFiles.Write(temp.At("train", "b", "small.webp"), 3, 5, (x, _) => new SKColor(0, 0, (byte)(80 * x)));
        File.WriteAllText(temp.At("train", "a", "broken.png"), "broken");
        DataInspection inspection = ImageDataSource.Inspect(temp.Path);
        Assert.Equal(["a", "b"], inspection.Classes);
        Assert.Equal([2, 3], inspection.TrainCounts);
        Assert.Equal([1, 0], inspection.TestCounts);
        Assert.Equal("3x5 8x8 100x50", $"{inspection.Smallest} {inspection.Median} {inspection.Largest}");
        Assert.Equal(
            [
                new UnreadableFile(
                    temp.At("train", "a", "broken.png"),
                    "it is text, not an image: remove it, or download the image again"
                ),
            ],
            inspection.Unreadable
        );
        Assert.Equal(
            "1 unreadable files (it is text, not an image: remove it, or download the image again) of a",
            TestTree.DescribeLeftOut(inspection.LeftOut)
        );
    }

    private ImageData Open(OpenOptions? options = null) => ImageDataSource.Open(temp.Path, options);

    private ImageListing Listing(ulong seed) => new FolderListing(temp.Path, new OpenOptions { Seed = seed }).List()!;

    private void AssertFails(string message, OpenOptions? options = null)
    {
        CounterpoiseException error = Assert.ThrowsAny<CounterpoiseException>(() => Open(options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Adds images whose gray value is ten times their number.</summary>
    private void Add(int count, params string[] folder)
    {
        for (int i = 0; i < count; i++)
        {
            byte gray = (byte)(10 * i);
            TestFiles.Write(temp.At([.. folder, $"{i:00}.png"]), new SKColor(gray, gray, gray));
        }
    }

    private sealed class Recorder : IProgress<(int Done, int Total)>
    {
        public System.Collections.Concurrent.ConcurrentBag<(int Done, int Total)> Reports { get; } = [];

        public void Report((int Done, int Total) value) => Reports.Add(value);
    }
}
