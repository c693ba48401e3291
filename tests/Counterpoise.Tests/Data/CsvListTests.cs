using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class CsvListTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Parts_are_in_a_column_or_a_file_each()
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
            Assert.Contains("recognised the CSV list all.csv: 2 classes, 2 training and 1 test images", one.Notes[0]);
        }

        File.Delete(temp.At("all.csv"));
        Write("train.csv", "path,class\na.png,10\n\"b, c.png\",9\n");
        Write("test.csv", "path,class\nd.png,9\n");
        using ImageData two = Open();
        Assert.Equal(["9", "10"], two.Train.Classes);
        Assert.Equal([1, 0], two.Train.Labels);
    }

    [Fact]
    public void Labels_are_names_of_any_script_or_numbers_of_any_length()
    {
        Images("Grüße/a.png", "b.png", "c.png");
        Write("train.csv", "file,category\nGrüße/a.png,\"猫, \"\"klein\"\"\"\nb.png,犬\n");
        Write("val.csv", "file,category\nc.png,犬\n");
        using (ImageData names = Open())
        {
            Assert.Equal(["犬", "猫, \"klein\""], names.Train.Classes);
        }

        Write("train.csv", "file,category\nGrüße/a.png,123456789012345678901\nb.png,23456789012345678901\n");
        Write("val.csv", "file,category\nc.png,23456789012345678901\n");
        using ImageData numbers = Open();
        Assert.Equal(["23456789012345678901", "123456789012345678901"], numbers.Train.Classes);
    }

    [Fact]
    public void Rows_of_the_part_val_are_tested_on_where_there_is_no_test_and_held_out_where_there_is()
    {
        Images("a.png", "b.png", "c.png", "d.png");
        Write("set.csv", "path,label,subset\na.png,x,Train\nb.png,y,training\nc.png,y,Validation\n");
        using (ImageData data = Open())
        {
            Assert.Equal([1], data.Test.Labels);
        }

        File.AppendAllText(temp.At("set.csv"), "d.png,x,test\n");
        using ImageData both = Open();
        Assert.Equal([0], both.Test.Labels);
        Assert.Equal([1], both.Validation!.Labels);
        Assert.Contains(
            $"{temp.At("set.csv")}: 1 images of the validation part are held out for choosing settings.",
            both.Notes
        );
    }

    [Fact]
    public void Without_parts_a_fifth_of_each_class_is_split_off()
    {
        string[] names = [.. Enumerable.Range(0, 10).Select(i => $"{i}.png")];
        Images(names);
        Write("set.csv", "path,label\n" + string.Concat(names.Select((name, i) => $"{name},{(i < 5 ? "x" : "y")}\n")));

        using ImageData data = ImageDataSource.Open(temp.At("set.csv"), Options with { Seed = 4 });

        Assert.Equal([4, 4], ClassPositions.Of(data.Train.Labels, 2).Select(list => list.Length));
        Assert.Equal([0, 1], data.Test.Labels);
        Assert.Contains(
            data.Notes,
            note => note.Contains("2 of 10 images, 20 % of each class", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_lists_can_be_given_one_by_one()
    {
        Images("images/a.png", "images/b.png");
        Write("lists/one.csv", "path,label\na.png,x\nb.png,y\n");
        Write("lists/two.csv", "path,label\nb.png,y\n");

        using ImageData data = ImageDataSource.Open(
            temp.At("lists", "one.csv"),
            Options with
            {
                Listing = new()
                {
                    TestData = temp.At("lists", "two.csv"),
                    ImageRoot = Path.Combine(temp.Path, "images"),
                },
            }
        );

        Assert.Equal([1], data.Test.Labels);
        Assert.Contains(
            "found the lists one.csv, two.csv; give the path of one of them",
            Assert.Throws<UsageException>(() => ImageDataSource.Open(Path.Combine(temp.Path, "lists"), Options)).Message
        );
    }

    [Theory]
    [InlineData(
        "picture,label\na.png,x\n",
        "has the columns picture, label, expected one of paths, such as path or file_name"
    )]
    [InlineData("path,kind\na.png,x\n", "has no column of labels, such as label or class")]
    [InlineData("path,label\na.png,\n", "line 2 has no label")]
    [InlineData("path,label\na.png,x\nb.png\n", "line 3 has 1 fields, expected 2 as in the header")]
    [InlineData("path,label\na, b.png,x\n", "line 2 has 3 fields, expected 2 as in the header")]
    [InlineData("path,label\na.png,x\"y\n", "line 2 has a quote within a field")]
    [InlineData("path,label\n", "has a header alone")]
    [InlineData("", "is empty, expected a header")]
    [InlineData("path,label\na.png,x\nb.png,x\n", "found one class, 'x', expected at least two")]
    [InlineData("path,label\na.png,x\na.png,y\n", "lines 2 and 3 both name a.png with the labels x and y")]
    [InlineData("path,label\n../a.png,x\nb.png,y\n", "line 2: ../a.png is absolute or has '..'")]
    [InlineData(
        "path,label,split\na.png,x,train\nb.png,y,extra\n",
        "line 3 has the split 'extra', expected train, test or val"
    )]
    [InlineData("path,label,split\na.png,x,train\nb.png,y,\n", "line 3 has the split '', expected train, test or val")]
    [InlineData("path,label,split\na.png,x,train\na.png,x,test\n", "lines 2 and 3 both name a.png;")]
    [InlineData("path,label,split\na.png,x,val\nb.png,x,test\n", "has no training rows")]
    [InlineData(
        "path,label,split\na.png,x,train\nz.png,y,train\nb.png,x,test\n",
        "line 3 names z.png, which is not in"
    )]
    [InlineData("path,label,split\na.png,x,train\nb.png,y,train\nc.png,z,test\n", "line 4 has the label z, which no")]
    public void A_wrong_list_is_refused(string list, string named)
    {
        Images("a.png", "b.png", "c.png");
        Write("train.csv", list);
        Write("test.csv", "path,label\na.png,x\n");

        string message = Assert.Throws<CounterpoiseException>(() => Open()).Message;

        Assert.Contains(named, message);
        Assert.StartsWith(temp.At("train.csv"), message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Of_a_list_of_training_rows_alone_a_part_is_split_off()
    {
        Images("a.png", "b.png", "c.png", "d.png");
        Write("set.csv", "path,label,split\na.png,x,train\nb.png,y,train\nc.png,x,train\nd.png,y,train\n");
        using ImageData data = Open();
        Assert.Equal([0, 1], data.Test.Labels);
        Assert.Contains(data.Notes, note => note.Contains("there is no test part", StringComparison.Ordinal));
    }

    private static OpenOptions Options => new() { ImageSize = 8 };

    private ImageData Open() => ImageDataSource.Open(temp.Path, Options);

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
