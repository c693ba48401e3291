using Counterpoise.Data;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Lists of image files: text, CSV and iNaturalist's JSON.</summary>
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
                ImageRoot = temp.At("imagenet", "x")[..^2],
            }
        );

        Assert.Contains("--image-root", lost);
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
    [InlineData("a.png 0\n../b.png 1\n", "line 2: ../b.png leads out of")]
    [InlineData("a.png 0\n/etc/b.png 1\n", "line 2: /etc/b.png leads out of")]
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
    public void A_CSV_list_has_parts_in_a_column_or_a_file_each()
    {
        Images("a.png", "b, c.png", "d.png");
        Write(
            "all.csv",
            "id,Filename,Label,split\r\n1,a.png,tabby cat,train\r\n2,\"b, c.png\",\"dog, big\",train\r\n3,d.png,tabby cat,test\r\n",
            byteOrderMark: true
        );
        using (ImageData one = Open())
        {
            Assert.Equal(["dog, big", "tabby cat"], one.Train.Classes);
            Assert.Equal([1, 0], one.Train.Labels);
            Assert.Equal([1], one.Test.Labels);
        }

        File.Delete(temp.At("all.csv"));
        Write("train.csv", "path,class\na.png,10\n\"b, c.png\",9\n");
        Write("test.csv", "path,class\nd.png,9\n");
        using ImageData two = Open();
        Assert.Equal(["9", "10"], two.Train.Classes);
        Assert.Equal([1, 0], two.Train.Labels);
    }

    [Theory]
    [InlineData("picture,label\na.png,x\n", "has the columns picture, label, expected one named path")]
    [InlineData("path,kind\na.png,x\n", "has the columns path, kind, expected one named label")]
    [InlineData("path,label\na.png,\n", "line 2 has no label")]
    [InlineData(
        "path,label,split\na.png,x,train\nz.png,x,train\na.png,x,test\n",
        "line 3 names z.png, which is not in"
    )]
    public void A_wrong_CSV_list_is_refused(string list, string named)
    {
        Images("a.png");
        Write("train.csv", list);
        Write("test.csv", "path,label\na.png,x\n");

        AssertRefused(named);
    }

    [Fact]
    public void INaturalists_JSON_gives_categories_their_names()
    {
        Images("train_val2018/Plantae/7/x.png", "train_val2018/Aves/3/y.png", "train_val2018/Aves/3/z.png");
        Write(
            "train2018.json",
            """
            {"images": [{"id": 11, "file_name": "train_val2018/Plantae/7/x.png"}, {"id": 12, "file_name": "train_val2018/Aves/3/y.png"}],
             "annotations": [{"id": 1, "image_id": 12, "category_id": 3}, {"id": 2, "image_id": 11, "category_id": 7}],
             "categories": [{"id": 3, "name": "Turdus merula"}, {"id": 7, "name": "Bellis perennis"}]}
            """
        );
        Write(
            "val2018.json",
            """{"images": [{"id": 1, "file_name": "train_val2018/Aves/3/z.png"}], "annotations": [{"image_id": 1, "category_id": 3}]}"""
        );

        using ImageData data = Open();

        Assert.Equal(["Turdus merula", "Bellis perennis"], data.Train.Classes);
        Assert.Equal([1, 0], data.Train.Labels);
        Assert.Equal([0], data.Test.Labels);

        Write(
            "val2018.json",
            """{"images": [{"id": 1, "file_name": "train_val2018/Aves/3/z.png"}], "annotations": []}"""
        );
        AssertRefused("val2018.json: image 1 (train_val2018/Aves/3/z.png) has no annotation");
        Write("val2018.json", """{"annotations": []}""");
        AssertRefused("is damaged, or not iNaturalist's");
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
