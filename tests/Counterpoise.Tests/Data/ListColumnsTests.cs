using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Tests.Data;

public sealed class ListColumnsTests : IDisposable
{
    private const string Rows =
        "a/00.png,x\na/01.png,x\na/02.png,x\na/03.png,x\nb/00.png,y\nb/01.png,y\nb/02.png,y\nb/03.png,y\n";
    private readonly TempFolder temp = new();

    public ListColumnsTests() => TestTree.Make(temp, "a 4; b 4");

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("path,label")]
    [InlineData("file,class")]
    [InlineData("File Name,Category")]
    [InlineData("image-path,TARGET")]
    [InlineData("img,labels")]
    [InlineData("\"filepath\",\"class_name\"")]
    public void Columns_are_found_by_their_names(string header) =>
        Assert.Equal("x 3+1, y 3+1", Inspect($"{header}\n{Rows}"));

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    [InlineData(' ')]
    public void Columns_may_be_separated_otherwise(char separator) =>
        Assert.Equal("x 3+1, y 3+1", Inspect($"path,label\n{Rows}".Replace(',', separator)));

    [Fact]
    public void A_list_may_have_no_header_line()
    {
        Assert.Equal("x 3+1, y 3+1", Inspect(Rows));
        string swapped = string.Concat(
            Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(row => $"{row.Split(',')[1]},7,{row.Split(',')[0]}\n")
        );
        Assert.Contains("no column of labels", Refusal(swapped));
        Assert.Equal("x 3+1, y 3+1", Inspect(swapped, new() { LabelColumn = "1" }));
        Assert.Equal("x 3+1, y 3+1", Inspect(swapped, new() { PathColumn = "3", LabelColumn = "1" }));
        Assert.Contains(
            "there is no column '4'; expected a number from 1 to 3",
            Refusal(swapped, new() { PathColumn = "3", LabelColumn = "4" })
        );
    }

    [Fact]
    public void The_user_names_columns()
    {
        string list = "picture,kind,age\n" + Rows.Replace("\n", ",3\n", StringComparison.Ordinal);
        Assert.Contains("expected one of paths", Refusal(list));
        Assert.Equal("x 3+1, y 3+1", Inspect(list, new() { PathColumn = "picture", LabelColumn = "kind" }));
        Assert.Contains(
            "there is no column 'sort'; expected picture, kind, age, or a number from 1 to 3",
            Refusal(list, new() { PathColumn = "picture", LabelColumn = "sort" })
        );
        Assert.Equal(
            "1 columns that are not read",
            TestTree.DescribeLeftOut(
                TestTree.Inspect(temp.At("list.csv"), new() { PathColumn = "picture", LabelColumn = "kind" }).LeftOut
            )
        );
    }

    [Theory]
    [InlineData("split", "train", "test", "validation")]
    [InlineData("set", "Training", "Testing", "Val")]
    [InlineData("subset", "TRAIN", "eval", "dev")]
    [InlineData("fold", "train", "test", "valid")]
    [InlineData("Usage", "training_set", "test_set", "validation_set")]
    [InlineData("anything", "train", "test", "valid")]
    [InlineData("class", "train", "test", "valid")]
    public void Parts_are_told_by_a_column(string column, string train, string test, string validation)
    {
        string[] parts = [train, train, test, validation, train, train, test, validation];
        Assert.Equal("x 2+1+1, y 2+1+1", Inspect($"{column},path,label\n" + With(parts)));
    }

    [Theory]
    [InlineData("is_test", "0", "1", "x 3+1, y 3+1")]
    [InlineData("isTest", "0.0", "1.0", "x 3+1, y 3+1")]
    [InlineData("train", "1", "0", "x 3+1, y 3+1")]
    [InlineData("is_test", "False", "True", "x 3+1, y 3+1")]
    [InlineData("is_valid", "no", "yes", "x 3+1, y 3+1")]
    [InlineData("is_train", "1", "0", "x 3+1, y 3+1")]
    public void Parts_are_told_by_a_flag(string column, string most, string one, string expected)
    {
        string[] parts = [most, most, one, most, most, most, one, most];
        Assert.Equal(expected, Inspect($"{column},path,label\n" + With(parts)));
        Assert.DoesNotContain(
            TestTree.Inspect(temp.At("list.csv")).Notes,
            note => note.Contains("split off", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Parts_are_told_by_the_folders_of_paths()
    {
        TestTree.Make(temp, "train/x 3; train/y 3; test/x 2; val/y 1");
        Assert.Equal(
            "x 3+2+0, y 3+0+1",
            Inspect(
                "path,label\n"
                    + string.Concat(
                        Directory
                            .EnumerateFiles(temp.Path, "*.png", SearchOption.AllDirectories)
                            .Select(file => Path.GetRelativePath(temp.Path, file))
                            .Where(file => file[1] != '/')
                            .Select(file => $"{file},{file.Split('/')[1]}\n")
                    )
            )
        );
    }

    [Fact]
    public void Parts_that_are_not_understood_are_refused()
    {
        Assert.Contains(
            "has the split '0', expected train, test or val",
            Refusal("split,path,label\n" + With(["0", "0", "1", "1", "0", "0", "1", "1"])),
            StringComparison.Ordinal
        );
        TestTree.Make(temp, "set1/train/x 3; set1/test/x 3; set1/train/y 3; other 2");
        string paths = string.Concat(
            Directory
                .EnumerateFiles(temp.At("set1"), "*.png", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(temp.Path, file))
                .Select(file => $"{file},{file.Split('/')[2]}\n")
        );
        Assert.Equal("x 3+3, y 3+0", Inspect("path,label\n" + paths));
        Assert.Contains(
            "is in no folder of a part, but others are",
            Refusal($"path,label\n{paths}other/00.png,x\n"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Numbers_of_folds_are_no_parts_and_that_is_said()
    {
        Assert.Equal("x 3+1, y 3+1", Inspect("fold,path,label\n" + With(["1", "2", "3", "4", "1", "2", "3", "4"])));
        LeftOut column = Assert.Single(TestTree.Inspect(temp.At("list.csv")).LeftOut);
        Assert.Equal("columns that are not read", column.Reason);
        Assert.EndsWith("list.csv: fold", Assert.Single(column.Files), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_may_be_a_column_for_each_class()
    {
        string oneHot =
            "image,x,y\n"
            + Rows.Replace(",x", ",1.0,0.0", StringComparison.Ordinal).Replace(",y", ",0,1", StringComparison.Ordinal);
        Assert.Equal("x 3+1, y 3+1", Inspect(oneHot));
        Assert.Equal(
            "x 2+1, y 3+1",
            Inspect(oneHot.Replace("a/01.png,1.0,0.0", "a/01.png,1,1", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Paths_may_have_backslashes_or_no_endings()
    {
        Assert.Equal("x 3+1, y 3+1", Inspect($"path,label\n{Rows.Replace('/', '\\')}"));
        Assert.Equal("x 3+1, y 3+1", Inspect($"path,label\n{Rows.Replace(".png", "", StringComparison.Ordinal)}"));
    }

    [Fact]
    public void Lines_of_blanks_are_no_rows() =>
        Assert.Equal("x 3+1, y 3+1", Inspect($"path,label\n  \n{Rows},\n\n   \n"));

    [Fact]
    public void What_is_no_UTF8_is_refused_with_its_line()
    {
        File.WriteAllBytes(
            temp.At("list.csv"),
            Encoding.Latin1.GetBytes($"path,label\n{Rows.Replace(",y", ",é", StringComparison.Ordinal)}")
        );
        Assert.Contains(
            "list.csv: line 6 is not UTF-8",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.At("list.csv"))).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(
            temp.At("list.csv"),
            $"path,label\n{Rows.Replace(",y", ",é", StringComparison.Ordinal)}",
            Encoding.Unicode
        );
        Assert.Equal("x 3+1, é 3+1", TestTree.Describe(TestTree.Inspect(temp.At("list.csv"))));
        File.WriteAllBytes(temp.At("train.txt"), [.. "a/00.png 0\n"u8, 0xE9, .. " 1\n"u8]);
        Assert.Contains(
            "train.txt: line 2 is not UTF-8",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.At("train.txt"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Inspecting_counts_wrong_rows_where_training_refuses_them()
    {
        string list = $"path,label\n{Rows}a/00.png,y\n../out.png,x\nb/09.png,y\na/02.png\n,x\n";
        File.WriteAllText(temp.At("list.csv"), list);
        DataInspection found = TestTree.Inspect(temp.At("list.csv"));
        Assert.Equal("x 3+1, y 3+1", TestTree.Describe(found));
        Assert.Equal(
            "1 rows with too few or too many fields; 1 rows without a path or a label; 1 rows that name a file again; "
                + "1 rows whose path is absolute or has '..'; 1 rows whose file is missing of y",
            TestTree.DescribeLeftOut(found.LeftOut)
        );
    }

    [Fact]
    public void Lists_within_the_folders_of_parts_name_their_images()
    {
        TestTree.Make(temp, "hub/train 4; hub/test 2");
        File.WriteAllText(
            temp.At("hub", "train", "metadata.csv"),
            "file_name,label\n00.png,x\n01.png,y\n02.png,x\n03.png,x\n"
        );
        File.WriteAllText(temp.At("hub", "test", "metadata.csv"), "file_name,label\n00.png,y\n01.png,y\n");
        Assert.Equal("x 3+0, y 1+2", TestTree.Describe(TestTree.Inspect(temp.At("hub"))));
    }

    [Fact]
    public void A_test_list_without_labels_is_left_out_and_said()
    {
        File.WriteAllText(temp.At("train.csv"), $"path,label\n{Rows[..40]}b/00.png,y\nb/01.png,y\n");
        File.WriteAllText(temp.At("test.csv"), "path\n");
        File.WriteAllText(temp.At("test.csv"), "path,id\nb/02.png,1\nb/03.png,2\n");
        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Contains(
            "rows of a part without labels",
            TestTree.DescribeLeftOut(found.LeftOut),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_good_folder_stays_one_whatever_lists_lie_beside_it()
    {
        foreach (string bystander in new[] { "train.csv", "notes.csv", "train.json", "train_log.txt", "metadata.csv" })
        {
            string content =
                bystander.EndsWith("txt", StringComparison.Ordinal) ? "Epoch 1\nloss 2\n"
                : bystander.EndsWith("json", StringComparison.Ordinal) ? "{\"lr\": 1}"
                : "epoch,loss\n1,0.5\n";
            File.WriteAllText(temp.At(bystander), content);
        }

        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Equal("a 3+1, b 3+1", TestTree.Describe(found));
        Assert.Equal("4 files beside the folders that are no lists of images", TestTree.DescribeLeftOut(found.LeftOut));
    }

    private static string With(string[] parts) =>
        string.Concat(
            Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Zip(parts)
                .Select(row => $"{row.Second},{row.First}\n")
        );

    private string Inspect(string list, ListingOptions? listing = null)
    {
        File.WriteAllText(temp.At("list.csv"), list);
        return TestTree.Describe(TestTree.Inspect(temp.At("list.csv"), listing));
    }

    private string Refusal(string list, ListingOptions? listing = null) =>
        Assert.ThrowsAny<CounterpoiseException>(() => Inspect(list, listing)).Message;
}
