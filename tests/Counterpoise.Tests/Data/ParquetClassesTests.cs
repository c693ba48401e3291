using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Parquet.Schema;

namespace Counterpoise.Tests.Data;

/// <summary>Which class a label of a Parquet file is, where files number classes in several ways or do not at all.</summary>
public sealed class ParquetClassesTests : IDisposable
{
    private static readonly string CatDog = TestParquet.Features(TestParquet.Classes("label", "cat", "dog"));
    private static readonly string DogCat = TestParquet.Features(TestParquet.Classes("label", "dog", "cat"));
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Names_are_those_of_the_column_whose_labels_are_read()
    {
        string features = TestParquet.Features(
            TestParquet.Classes("source", "web", "camera"),
            TestParquet.Classes("coarse_label", "animal"),
            TestParquet.Classes("fine_label", "cat", "dog")
        );
        await Write("train.parquet", [0, 1, 1], features, "fine_label");
        await Write("test.parquet", [1], features, "fine_label");

        using ImageData data = Open();

        Assert.Equal(["cat", "dog"], data.Train.Classes);
        Assert.Equal([0, 1, 1], data.Train.Labels);
    }

    [Fact]
    public async Task Other_columns_that_might_be_the_label_are_named()
    {
        var bytes = new DataField<byte[]>("image");
        DataField<long>[] columns = [new("coarse_label"), new("fine_label"), new("width")];
        foreach (string part in (string[])["train", "test"])
        {
            await TestParquet.Write(
                temp.At($"{part}.parquet"),
                new ParquetSchema(bytes, columns[0], columns[1], columns[2]),
                null,
                [
                    async group =>
                    {
                        await TestParquet.WriteColumn(group, bytes, [TestParquet.Png(0), TestParquet.Png(1)]);
                        await TestParquet.WriteColumn(group, columns[0], [0, 0]);
                        await TestParquet.WriteColumn(group, columns[1], [1, 0]);
                        await TestParquet.WriteColumn(group, columns[2], [9, 9]);
                    },
                ]
            );
        }

        using ImageData data = Open();

        Assert.Equal([1, 0], data.Train.Labels);
        Assert.Contains(
            data.Notes,
            note =>
                note.EndsWith(
                    "classes are those of the column fine_label, not of coarse_label.",
                    StringComparison.Ordinal
                )
        );
        LeftOut unused = Assert.Single(data.LeftOut);
        Assert.Equal(("columns beside the image and its label", 2), (unused.Reason, unused.Count));
        Assert.Equal(["coarse_label", "width"], unused.Files);
    }

    [Fact]
    public async Task Files_that_number_classes_in_another_way_are_brought_together_by_name()
    {
        await Write("train-00000-of-00002.parquet", [0, 1], CatDog);
        await Write("train-00001-of-00002.parquet", [0, 0, 1], DogCat);
        await Write("test.parquet", [0, 1, 1], DogCat);

        using ImageData data = Open();

        Assert.Equal(["cat", "dog"], data.Train.Classes);
        Assert.Equal([0, 1, 1, 1, 0], data.Train.Labels);
        Assert.Equal([1, 0, 0], data.Test.Labels);
        Assert.Equal(2, data.Notes.Count(note => note.Contains("taken by name", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Text_and_named_numbers_of_any_width_go_together()
    {
        await TestParquet.WriteText(temp.At("train-00000-of-00003.parquet"), Rows<string>(["dog", "cat"]));
        await TestParquet.Write<sbyte>(temp.At("train-00001-of-00003.parquet"), ValueRows<sbyte>([0, 1]), DogCat);
        await TestParquet.Write<ulong>(temp.At("train-00002-of-00003.parquet"), ValueRows<ulong>([1, 0]), DogCat);
        await TestParquet.Write<short>(temp.At("test.parquet"), ValueRows<short>([0, 1]), CatDog);

        using ImageData data = Open();

        Assert.Equal(["dog", "cat"], data.Train.Classes);
        Assert.Equal([0, 1, 0, 1, 1, 0], data.Train.Labels);
        Assert.Equal([1, 0], data.Test.Labels);
    }

    [Fact]
    public async Task True_and_false_are_classes()
    {
        await TestParquet.Write<bool>(temp.At("train.parquet"), ValueRows<bool>([true, false, true]));
        await TestParquet.Write<bool>(temp.At("test.parquet"), ValueRows<bool>([true]));

        using ImageData data = Open();

        Assert.Equal(["false", "true"], data.Train.Classes);
        Assert.Equal([1, 0, 1], data.Train.Labels);
    }

    [Fact]
    public async Task Names_that_no_row_has_are_left_out_and_named()
    {
        string features = TestParquet.Features(TestParquet.Classes("label", "bird", "cat", "fish", "dog"));
        await Write("train.parquet", [1, 3, 1], features);
        await Write("test.parquet", [3], features);

        using ImageData data = Open();

        Assert.Equal(["cat", "dog"], data.Train.Classes);
        Assert.Equal([0, 1, 0], data.Train.Labels);
        Assert.Equal([1], data.Test.Labels);
        Assert.Equal(["bird", "fish"], Assert.Single(data.LeftOut).Files);
    }

    [Fact]
    public async Task Classes_that_training_lacks_are_refused_with_the_file_and_their_names()
    {
        await Write("train.parquet", [0, 1], CatDog);
        await Write(
            "test.parquet",
            [0, 2, 1],
            TestParquet.Features(TestParquet.Classes("label", "cat", "fish", "bird"))
        );

        Assert.Contains(
            "test.parquet: has the classes bird, fish, which no training image has",
            Refusal(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Numbers_that_nothing_names_do_not_go_with_text()
    {
        await TestParquet.WriteText(temp.At("train.parquet"), Rows<string>(["dog", "cat"]));
        await Write("test.parquet", [0, 1], null);

        Assert.Contains(
            "test.parquet: its labels are numbers without names, but those of ",
            Refusal(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Numbers_beside_named_ones_are_taken_for_them_and_said()
    {
        await Write("train.parquet", [0, 1], CatDog);
        await Write("test.parquet", [1, 0], null);

        using ImageData data = Open();

        Assert.Equal([1, 0], data.Test.Labels);
        Assert.Contains(data.Notes, note => note.Contains("are numbers without names", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { "cat", "cat" }, new long[] { 0, 1 }, "the name 'cat' stands for 2 numbers")]
    [InlineData(new[] { "cat", "dog" }, new long[] { 0, 1, 2 }, "row 3 comes with the label 2, but 2 are named")]
    [InlineData(new[] { "cat", "dog" }, new long[] { 0, 0 }, "found one class, 'cat', expected at least two")]
    [InlineData(new[] { "cat", "dog" }, new long[] { -1, -1 }, "no row has a label")]
    public async Task Names_that_do_not_fit_are_refused(string[] names, long[] labels, string expected)
    {
        string features = TestParquet.Features(TestParquet.Classes("label", names));
        await Write("train.parquet", labels, features);
        await Write("test.parquet", [0], features);

        Assert.Contains(expected, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_row_without_a_label_is_refused_or_left_out_and_moves_no_other(bool isText)
    {
        if (isText)
        {
            await TestParquet.WriteText(temp.At("train.parquet"), Rows<string>(["a", null, "b", "", "a"]));
            await TestParquet.WriteText(temp.At("test.parquet"), Rows<string>(["b"]));
        }
        else
        {
            await TestParquet.Write<int>(temp.At("train.parquet"), ValueRows<int>([0, null, 1, -1, 0]));
            await TestParquet.Write<int>(temp.At("test.parquet"), ValueRows<int>([1]));
        }

        Assert.Contains("train.parquet: row 2 comes without a label", Refusal(), StringComparison.Ordinal);
        using ImageData data = Open(skips: true);
        Assert.Equal([0, 1, 0], data.Train.Labels);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(TestImages.Bytes(data.Test, 0).Length, TestImages.Bytes(data.Train, i).Length);
        }

        Assert.NotEqual(TestImages.Bytes(data.Train, 0), TestImages.Bytes(data.Train, 2));
        LeftOut row = Assert.Single(data.LeftOut);
        Assert.Equal(("rows without a label", 2), (row.Reason, row.Count));
        Assert.Equal([$"{temp.At("train.parquet")}: row 2", $"{temp.At("train.parquet")}: row 4"], row.Files);
    }

    [Fact]
    public async Task A_test_part_without_labels_is_left_out_and_the_validation_part_tested_on()
    {
        await Write("train.parquet", [0, 1], CatDog);
        await Write("validation.parquet", [1, 1], CatDog);
        await Write("test.parquet", [-1, -1, -1], CatDog);

        using ImageData data = Open();

        Assert.Equal([1, 1], data.Test.Labels);
        Assert.Null(data.Validation);
        LeftOut test = Assert.Single(data.LeftOut);
        Assert.Equal(("images of the test part, none of which has a label", 3), (test.Reason, test.Count));
    }

    [Theory]
    [InlineData("Image", "Label")]
    [InlineData("IMG", "Fine_Label")]
    [InlineData("Bytes", "CLASS")]
    public async Task Columns_are_known_by_their_names_in_any_capitals(string image, string label)
    {
        foreach (string part in (string[])["train", "test"])
        {
            await WriteColumns(part, [(image, [.. Pngs(2)]), ("Filename", ["a", "b"]), (label, [1L, 0L])]);
        }

        using ImageData data = Open();

        Assert.Equal([1, 0], data.Train.Labels);
    }

    [Theory]
    [InlineData("breed")]
    [InlineData("BREED")]
    [InlineData("3")]
    public async Task The_column_of_labels_can_be_named(string column)
    {
        foreach (string part in (string[])["train", "test"])
        {
            await WriteColumns(part, [("image", [.. Pngs(2)]), ("label", [0L, 1L]), ("breed", ["pug", "boxer"])]);
        }

        using ImageData found = Open();
        using ImageData named = ImageDataSource.Open(temp.Path, Labelled(column));

        Assert.Equal(["0", "1"], found.Train.Classes);
        Assert.Equal(["boxer", "pug"], named.Train.Classes);
        Assert.Equal([1, 0], named.Train.Labels);
        Assert.Equal(["boxer", "pug"], ImageDataSource.Inspect(temp.Path, Labelled(column)).Classes);
        ImageDataSource.Pack(temp.Path, temp.At("set.pack"), Labelled(column), TestContext.Current.CancellationToken);
        using ImageData packed = ImageDataSource.Open(temp.At("set.pack"), new OpenOptions { ImageSize = 8 });
        Assert.Equal(["boxer", "pug"], packed.Train.Classes);
    }

    [Fact]
    public async Task A_column_that_is_not_there_and_one_of_paths_are_refused()
    {
        await WriteColumns("train", [("image", [.. Pngs(2)]), ("label", [0L, 1L])]);

        Assert.Contains(
            "train.parquet: has no column of label; found image, label, expected one named breed; rename the column, or name it",
            Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Labelled("breed"))).Message,
            StringComparison.Ordinal
        );
        OpenOptions byPath = Options(false) with { Listing = new ListingOptions { PathColumn = "image" } };
        string refused = "pathColumn goes with; give a list with columns of paths and labels, or leave it out.";
        string message = Assert.Throws<UsageException>(() => ImageDataSource.Open(temp.Path, byPath)).Message;
        Assert.Contains(refused, SettingName.Spell(message, name => name), StringComparison.Ordinal);
        message = Assert
            .Throws<UsageException>(() =>
                ImageDataSource.Pack(temp.Path, temp.At("set.pack"), byPath, TestContext.Current.CancellationToken)
            )
            .Message;
        Assert.Contains(refused, SettingName.Spell(message, name => name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_marked_as_such_is_read_and_what_is_none_refused()
    {
        await WriteColumns("test", [("image", [.. Pngs(2)]), ("label", ["Bär"u8.ToArray(), "cat"u8.ToArray()])]);
        await WriteColumns(
            "train",
            [("image", [.. Pngs(3)]), ("label", ["cat"u8.ToArray(), "Bär"u8.ToArray(), "cat"u8.ToArray()])]
        );
        using (ImageData data = Open())
        {
            Assert.Equal(["Bär", "cat"], data.Train.Classes);
            Assert.Equal([1, 0, 1], data.Train.Labels);
        }

        await WriteColumns(
            "train",
            [("image", [.. Pngs(3)]), ("label", ["cat"u8.ToArray(), new byte[] { 0xE4 }, "Bär"u8.ToArray()])]
        );
        Assert.Contains(
            "train.parquet: row 2 comes with a label in the column label that is not valid text (UTF-8)",
            Refusal(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_test_part_without_rows_is_said(int groups)
    {
        await Write("train.parquet", [.. Enumerable.Range(0, 20).Select(i => i % 2L)], CatDog);
        DataField[] fields = [new DataField<byte[]>("image"), new DataField<long>("label")];
        await TestParquet.Write(
            temp.At("test.parquet"),
            new ParquetSchema(fields),
            CatDog,
            Enumerable.Repeat<Func<Parquet.ParquetRowGroupWriter, Task>>(
                async group =>
                {
                    await TestParquet.WriteColumn(group, fields[0], []);
                    await TestParquet.WriteColumn(group, fields[1], []);
                },
                groups
            )
        );

        using ImageData data = Open();

        Assert.Contains(
            data.Notes,
            note =>
                note.EndsWith("the test part has no rows, in test.parquet, and is left out.", StringComparison.Ordinal)
        );
        Assert.Equal((16, 4), (data.Train.Count, data.Test.Count));
        Assert.Contains(
            ImageDataSource.Inspect(temp.Path, Options(false)).Notes,
            note => note.Contains("the test part has no rows", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(typeof(double), "values of the type Double, expected whole numbers, true and false or text")]
    [InlineData(typeof(long[]), "lists, but one label an image is expected")]
    public async Task Labels_that_are_none_are_called_what_they_are(Type type, string expected)
    {
        var bytes = new DataField<byte[]>("image");
        DataField label = type.IsArray
            ? new DataField("label", typeof(long), isArray: true)
            : new DataField("label", type);
        await TestParquet.Write(temp.At("train.parquet"), new ParquetSchema(bytes, label), null, []);

        string message = Assert
            .Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Options(false)))
            .Message;

        Assert.Contains($"the column label holds {expected}", message, StringComparison.Ordinal);
    }

    private static IEnumerable<object> Pngs(int count) => Enumerable.Range(0, count).Select(i => TestParquet.Png(i));

    private async Task WriteColumns(string part, (string Name, object[] Values)[] columns)
    {
        DataField[] fields = [.. columns.Select(column => new DataField(column.Name, column.Values[0].GetType()))];
        await TestParquet.Write(
            temp.At($"{part}.parquet"),
            new ParquetSchema(fields),
            null,
            [
                async group =>
                {
                    foreach ((int i, (_, object[] values)) in columns.Index())
                    {
                        await TestParquet.WriteColumn(group, fields[i], values);
                    }
                },
            ]
        );
    }

    private static OpenOptions Labelled(string column) =>
        Options(false) with
        {
            Listing = new ListingOptions { LabelColumn = column },
        };

    private static OpenOptions Options(bool skips) => new() { ImageSize = 8, SkipUnreadable = skips };

    private ImageData Open(bool skips = false) => ImageDataSource.Open(temp.Path, Options(skips));

    private string Refusal() => Assert.Throws<CounterpoiseException>(() => Open()).Message;

    private static (byte[]? Image, T? Label)[] Rows<T>(T?[] labels)
        where T : class => [.. labels.Select((label, i) => ((byte[]?)TestParquet.Png(i), label))];

    private static (byte[]? Image, T? Label)[] ValueRows<T>(T?[] labels)
        where T : struct => [.. labels.Select((label, i) => ((byte[]?)TestParquet.Png(i), label))];

    private Task Write(string name, long[] labels, string? metadata, string column = "label") =>
        TestParquet.Write<long>(
            temp.At(name),
            ValueRows<long>([.. labels.Select(label => (long?)label)]),
            metadata,
            column
        );
}
