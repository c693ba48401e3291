using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Lists of image files, a line "path label" each.</summary>
public sealed class ListFilesTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("ImageNet_LT_train.txt", "ImageNet_LT_test.txt")]
    [InlineData("Places_LT_train.txt", "Places_LT_val.txt")]
    [InlineData("iNaturalist18_train.txt", "iNaturalist18_val.txt")]
    [InlineData("train.txt", "val.txt")]
    public void Lists_are_recognised_by_their_names_and_give_files_in_their_order(string train, string test)
    {
        Images("img/b.png", "img/a.png", "img/Schöne Blume 1.png", "img/c.png");
        Write(train, "img/b.png 1\r\n\r\nimg/Schöne Blume 1.png 0\r\nimg/a.png 1\r\n", byteOrderMark: true);
        Write(test, "img/c.png 0\n");

        using ImageData data = Open();

        Assert.Equal(["0", "1"], data.Train.Classes);
        Assert.Equal([1, 0, 1], data.Train.Labels);
        Assert.Equal([0], data.Test.Labels);
        Assert.Contains($"recognised the list {train}: 2 classes, 3 training and 1 test images", data.Notes[0]);
        Assert.Contains(data.Notes, note => note.Contains(test, StringComparison.Ordinal));
    }

    [Fact]
    public void The_test_list_is_preferred_and_the_list_itself_can_be_named()
    {
        Images("a.png", "b.png", "c.png", "d.png");
        Write("train.txt", "a.png 0\nb.png 1\n");
        Write("val.txt", "c.png 0\n");
        Write("test.txt", "c.png 0\nd.png 1\n");

        using ImageData data = ImageDataSource.Open(temp.At("train.txt"), Options);

        Assert.Equal([0, 1], data.Test.Labels);
    }

    [Fact]
    public void Images_are_found_below_a_folder_beside_the_list_or_where_they_are_said_to_be()
    {
        Images("imagenet/train/a.png", "imagenet/train/b.png", "imagenet/val/c.png");
        Write("train.txt", "train/a.png 0\ntrain/b.png 1\n");
        Write("test.txt", "val/c.png 1\n");
        using ImageData found = Open();

        Write("lists/train.txt", "train/a.png 0\ntrain/b.png 1\n");
        Write("lists/test.txt", "val/c.png 1\n");
        string lost = Assert
            .Throws<UsageException>(() => ImageDataSource.Open(temp.At("lists", "train.txt"), Options))
            .Message;
        using ImageData told = ImageDataSource.Open(
            temp.At("lists", "train.txt"),
            Options with
            {
                Listing = new() { ImageRoot = temp.At("imagenet", "x")[..^2] },
            }
        );

        Assert.Contains("imageRoot", lost);
        Assert.Equal(Fingerprint.Of(found.Train), Fingerprint.Of(told.Train));
    }

    [Fact]
    public void Class_names_come_from_their_file()
    {
        Images("a.png", "b.png");
        Write("train.txt", "a.png 0\nb.png 1\n");
        Write("test.txt", "b.png 1\n");
        Write("classes.txt", "cat\nsnow leopard\n");
        using (ImageData data = Open())
        {
            Assert.Equal(["cat", "snow leopard"], data.Train.Classes);
        }

        Write("classes.txt", "cat\n");
        AssertRefused("classes.txt: found 1 class names, expected 2");
    }

    [Theory]
    [InlineData("a.png 0\nb.png 2\n", "no line has the label 1, but the largest is 2")]
    [InlineData("a.png 0\nb.png\n", "line 2 is 'b.png', expected a path and a label")]
    [InlineData("a.png 0\na.png 1\n", "lines 1 and 2 both name a.png with the labels 0 and 1")]
    [InlineData("a.png 0\nb.png 1\na.png 0\n", "lines 1 and 3 both name a.png;")]
    [InlineData("a.png 0\nc.png 1\n", "line 2 names c.png, which is not in")]
    [InlineData("a.png 0\n../b.png 1\n", "line 2: ../b.png is absolute or has '..'")]
    [InlineData("x/../a.png 0\nb.png 1\n", "line 1: x/../a.png is absolute or has '..'")]
    [InlineData("a.png 0\n..\\b.png 1\n", @"line 2: ..\b.png is absolute or has '..'")]
    [InlineData("/etc/b.png 0\na.png 1\n", "line 1: /etc/b.png is absolute or has '..'")]
    [InlineData("a.png 0\nb.png 1\n./a.png 0\n", "lines 1 and 3 both name ./a.png;")]
    [InlineData("a.png 0\nb.png 0\n", "found one class, '0', expected at least two")]
    [InlineData("a.png\nb.png 1\n", "line 1 is 'a.png', expected a path and a label")]
    [InlineData("a.png 0\nb.png 99999999999\n", "line 2 is 'b.png 99999999999', expected a path and a label")]
    public void A_wrong_line_is_named(string list, string named)
    {
        Images("a.png", "b.png");
        Write("train.txt", list);
        Write("test.txt", "a.png 0\n");

        AssertRefused(named);
    }

    [Fact]
    public void A_test_label_that_training_lacks_and_a_missing_test_list_are_refused()
    {
        Images("a.png", "b.png");
        Write("train.txt", "a.png 0\nb.png 1\n");
        Assert.Contains("expected test.txt or val.txt", Assert.Throws<UsageException>(() => Open()).Message);
        Write("test.txt", "a.png 7\n");
        AssertRefused("test.txt: line 1 has the label 7, which no training image has");
    }

    [Fact]
    public void A_long_tailed_version_of_a_balanced_list_has_the_counts_of_the_formula()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"{i}.png")];
        Images([.. names, "t0.png", "t1.png"]);
        Write("train.txt", string.Concat(names.Select((name, i) => $"{name} {i % 2}\n")));
        Write("test.txt", "t0.png 0\nt1.png 1\n");
        using ImageData data = Open();

        var settings = new DataSettings
        {
            ImageSize = 8,
            Imbalance = ImbalanceKind.LongTailed,
            Rho = 10,
        };

        Assert.Equal([20, 2], TrainingData.Prepare(data, settings).ClassCounts);
    }

    [Fact]
    public void The_lists_can_be_given_one_by_one()
    {
        Images("a.png", "b.png", "c.png");
        Write("mine.txt", "a.png 0\nb.png 1\n");
        Write("held.txt", "c.png 1\n");
        string list = temp.At("mine.txt");
        Assert.Contains("testData", Assert.Throws<UsageException>(() => ImageDataSource.Open(list, Options)).Message);

        using ImageData data = ImageDataSource.Open(
            list,
            Options with
            {
                Listing = new() { TestData = temp.At("held.txt") },
            }
        );

        Assert.Equal([1], data.Test.Labels);
        Assert.Equal(
            $"{temp.At("none.txt")}: there is no such file; give the list to test on with testData.",
            Assert
                .Throws<UsageException>(() =>
                    ImageDataSource.Open(list, Options with { Listing = new() { TestData = temp.At("none.txt") } })
                )
                .Message
        );
        Write("mine.txt", "\n");
        Assert.Contains(
            "the list is empty",
            Assert.Throws<CounterpoiseException>(() => ImageDataSource.Inspect(list)).Message
        );
    }

    [Fact]
    public void Of_several_training_lists_one_must_be_given()
    {
        Images("a.png", "b.png");
        foreach (string name in new[] { "ImageNet_LT", "Places_LT" })
        {
            Write($"{name}_train.txt", "a.png 0\nb.png 1\n");
            Write($"{name}_val.txt", "b.png 1\n");
        }

        Assert.Contains(
            "found the training lists ImageNet_LT_train.txt, Places_LT_train.txt; give the path of one",
            Assert.Throws<UsageException>(() => Open()).Message
        );
        using ImageData data = ImageDataSource.Open(temp.At("Places_LT_train.txt"), Options);
        Assert.Contains("recognised the list Places_LT_train.txt", data.Notes[0]);
    }

    [Fact]
    public void Test_images_that_are_trained_on_and_classes_without_test_images_are_said()
    {
        Images("a.png", "b.png", "c.png");
        Write("train.txt", "a.png 0\nb.png 1\nc.png 2\n");
        Write("test.txt", "a.png 0\nc.png 2\n");

        using ImageData data = Open();

        string test = temp.At("test.txt");
        Assert.Contains($"{test}: 2 of its images are trained on, too; on them accuracy says little.", data.Notes);
        Assert.Contains($"{test}: no test images of 1.", data.Notes);
    }

    [Fact]
    public void Options_of_lists_are_refused_for_other_data()
    {
        Images("train/a/1.png", "train/b/1.png", "test/a/1.png");
        foreach (string data in new[] { temp.Path, "synthetic" })
        {
            Assert.Contains(
                "found no data that imageRoot goes with; give a list of image files, or leave it out.",
                Assert
                    .Throws<UsageException>(() =>
                        ImageDataSource.Open(data, Options with { Listing = new() { ImageRoot = temp.Path } })
                    )
                    .Message
            );
        }
    }

    [Fact]
    public void A_folder_of_images_stays_one_whatever_else_lies_there()
    {
        Images("train/a/1.png", "train/b/1.png", "test/a/1.png");
        Write("constraints.txt", "numpy 1\n");
        Write("train_log.txt", "loss 0.25\n");
        Write("metadata.csv", "name,age\nx,3\n");
        Write("train_config.json", "{}");
        Write("train.txt", "1\n2\n");
        Write("val.txt", "3\n");
        Write("test.txt", "4\n");

        using ImageData data = Open();

        Assert.Contains("recognised a folder of images: 2 classes", data.Notes[0]);
    }

    private static OpenOptions Options => new() { ImageSize = 8 };

    private ImageData Open() => ImageDataSource.Open(temp.Path, Options);

    private void AssertRefused(string named) =>
        Assert.Contains(named, Assert.Throws<CounterpoiseException>(() => Open()).Message);

    private void Images(params string[] names)
    {
        foreach (string name in names)
        {
            TestFiles.Write(temp.At(name.Split('/')), new SKColor((byte)name.Length, 20, 30));
        }
    }

    private void Write(string name, string text, bool byteOrderMark = false) =>
        File.WriteAllText(temp.At(name.Split('/')), text, new System.Text.UTF8Encoding(byteOrderMark));
}
