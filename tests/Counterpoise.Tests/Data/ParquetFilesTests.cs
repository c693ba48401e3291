using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Parquet.Schema;

namespace Counterpoise.Tests.Data;

/// <summary>Which Parquet files of a folder are trained and tested on, and what is said of the others.</summary>
public sealed class ParquetFilesTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("train-00000-of-00001.parquet", "test-00000-of-00001.parquet")]
    [InlineData("train-00000-of-00001-b42a775f407cee45.parquet", "test-00000-of-00001-f0e1d2c3b4a59687.parquet")]
    [InlineData("data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet")]
    [InlineData("default/train/0000.parquet", "default/test/0000.parquet")]
    [InlineData("default/partial-train/0000.parquet", "default/test/0000.parquet")]
    [InlineData("data/train/x.parquet", "data/test/x.parquet")]
    [InlineData("train/0000.parquet", "test/0000.parquet")]
    [InlineData("plain_text/train-00000-of-00001.parquet", "plain_text/test-00000-of-00001.parquet")]
    [InlineData("data/plain_text/train.parquet", "data/plain_text/test.parquet")]
    [InlineData("cifar10-train.parquet", "cifar10-test.parquet")]
    [InlineData("Training.PARQUET", "Testing.PARQUET")]
    [InlineData("train/part-00000-9a1f.snappy.parquet", "validation/part-00000-9a1f.snappy.parquet")]
    public async Task Layouts_of_the_hub_and_of_people_are_read(string train, string test)
    {
        await Write(train, 0, 1, 0);
        await Write(test, 1);

        using ImageData data = Open();

        Assert.Equal([0, 1, 0], data.Train.Labels);
        Assert.Equal([1], data.Test.Labels);
        Assert.Empty(data.LeftOut);
        Assert.Contains(data.Notes, note => note.Contains(Path.GetFileName(test), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Random_shards_come_in_the_order_of_their_numbers()
    {
        var random = new Random(3);
        int shards = 12;
        long[][] labels =
        [
            .. Enumerable.Range(0, shards).Select(_ => random.GetItems<long>([0, 1], random.Next(1, 4))),
        ];
        foreach (int shard in Enumerable.Range(0, shards).OrderBy(_ => random.Next()))
        {
            await Write($"train-{shard:00000}-of-{shards:00000}.parquet", labels[shard]);
        }

        await Write("test.parquet", 1);

        using ImageData data = Open();

        Assert.Equal(labels.SelectMany(shard => shard), data.Train.Labels.Select(label => (long)label));
    }

    [Fact]
    public async Task Three_parts_are_three_parts()
    {
        await Write("train.parquet", 0, 1, 0);
        await Write("validation.parquet", 1, 1);
        await Write("test.parquet", 0);

        using ImageData data = Open();

        Assert.Equal([0], data.Test.Labels);
        Assert.Equal([1, 1], data.Validation!.Labels);
    }

    [Theory]
    [InlineData("train.parquet")]
    [InlineData("test.parquet")]
    [InlineData("other.parquet")]
    public async Task Data_that_nothing_is_trained_on_is_tested_on_whole(string name)
    {
        await Write(name, 0, 1, 0, 0);

        using ImageData data = ImageDataSource.Open(temp.Path, Options with { TestsAll = true });

        Assert.Equal(0, data.Train.Count);
        Assert.Equal([0, 1, 0, 0], data.Test.Labels);
    }

    [Fact]
    public async Task A_training_part_alone_is_split_as_a_folder_is()
    {
        long[] labels = [.. Enumerable.Range(0, 20).Select(i => (long)(i % 2))];
        await Write("train.parquet", labels);

        using ImageData data = Open();
        using ImageData file = ImageDataSource.Open(temp.At("train.parquet"), Options);
        using ImageData other = ImageDataSource.Open(temp.Path, Options with { Seed = 1 });

        Assert.Equal((16, 4), (data.Train.Count, data.Test.Count));
        Assert.Equal(8, data.Train.Labels.Count(label => label == 1));
        Assert.Contains(
            data.Notes,
            note => note.Contains("4 of 20 images, 20 % of each class", StringComparison.Ordinal)
        );
        Assert.Equal(Fingerprint.Of(data.Train), Fingerprint.Of(file.Train));
        Assert.NotEqual(Fingerprint.Of(data.Train), Fingerprint.Of(other.Train));
    }

    [Fact]
    public async Task Files_whose_names_say_no_part_are_trained_on()
    {
        await Write("cats_and_dogs.parquet", 0, 1, 0, 1);
        await File.WriteAllTextAsync(temp.At("metadata.parquet"), "nothing", TestContext.Current.CancellationToken);

        using ImageData data = Open();

        Assert.Equal(4, data.Train.Count + data.Test.Count);
        Assert.Equal([temp.At("metadata.parquet")], Assert.Single(data.LeftOut).Files);
    }

    [Fact]
    public async Task What_is_not_used_is_named()
    {
        await Write("train-00000-of-00001.parquet", 0, 1, 0);
        await Write("train_unlabeled-00000-of-00001.parquet", 0, 0);
        await Write("test-00000-of-00001.parquet", 1);
        await Write("extra.parquet", 1);
        Picture("cats/1.png");

        using ImageData data = Open();

        Assert.Equal([0, 1, 0], data.Train.Labels);
        Assert.Equal(
            [
                ("Parquet files whose names say no part", temp.At("extra.parquet")),
                (
                    "Parquet files called unlabeled beside others of their part",
                    temp.At("train_unlabeled-00000-of-00001.parquet")
                ),
                ("folders that hold images beside the Parquet files", temp.At("cats")),
            ],
            data.LeftOut.Select(entry => (entry.Reason, Assert.Single(entry.Files)))
        );
    }

    [Theory]
    [InlineData(
        "found 2 training files, expected 3 by their names; download those with the numbers 00001",
        "train-00000-of-00003",
        "train-00002-of-00003"
    )]
    [InlineData(
        "found 2 training files, expected 1 by their names; remove those that are there twice",
        "train-00000-of-00001-aa",
        "train-00000-of-00001-bb"
    )]
    public async Task Shards_that_are_missing_or_there_twice_are_refused(string expected, params string[] names)
    {
        foreach (string name in names)
        {
            await Write($"{name}.parquet", 0, 1);
        }

        Assert.Contains(expected, Assert.Throws<CounterpoiseException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("found training files of several kinds", "train-00000-of-00001", "train")]
    [InlineData("found validation files of several kinds", "train", "valid", "validation")]
    [InlineData("found training files of several kinds", "cats-train", "dogs-train")]
    [InlineData("found Parquet files of 2 data sets", "fine/train", "coarse/train")]
    [InlineData("expected files named train*.parquet", "test", "validation")]
    public async Task Files_that_can_be_read_in_two_ways_are_refused(string expected, params string[] names)
    {
        foreach (string name in names)
        {
            await Write($"{name}.parquet", 0, 1);
        }

        Assert.Contains(expected, Assert.Throws<UsageException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata.parquet", false)]
    [InlineData("train.parquet", true)]
    public async Task Bystanders_leave_a_folder_of_images_alone(string name, bool isParquet)
    {
        foreach (string image in (string[])["cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"])
        {
            Picture(image);
        }

        if (isParquet)
        {
            var loss = new DataField<double>("loss");
            await TestParquet.Write(
                temp.At(name),
                new ParquetSchema(loss),
                null,
                [group => TestParquet.WriteColumn(group, loss, [0.5])]
            );
        }
        else
        {
            await File.WriteAllTextAsync(temp.At(name), "PAR1 and no more", TestContext.Current.CancellationToken);
        }

        using ImageData data = Open();

        Assert.Equal(["cat", "dog"], data.Train.Classes);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", "is a pointer of Git LFS")]
    [InlineData("<!DOCTYPE html><html>log in</html>", "is a web page, expected a Parquet file")]
    [InlineData("Repository not found", "is text, expected a Parquet file")]
    [InlineData("", "is empty, expected a Parquet file")]
    [InlineData("PAR1\u0001\u0002", "is damaged or no Parquet file")]
    public async Task What_is_no_Parquet_file_is_called_what_it_is(string content, string expected)
    {
        await File.WriteAllTextAsync(temp.At("train.parquet"), content, TestContext.Current.CancellationToken);

        string message = Assert.Throws<CounterpoiseException>(() => Open()).Message;

        Assert.Contains($"train.parquet: {expected}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_replaced_are_packed_again()
    {
        DateTime written = DateTime.UtcNow.AddDays(-1);
        await Write("train.parquet", 0, 1, 0, 0);
        await Write("test.parquet", 0, 1);
        File.SetLastWriteTimeUtc(temp.At("train.parquet"), written);
        using ImageData before = Open();
        long length = new FileInfo(temp.At("train.parquet")).Length;

        await Write("train.parquet", 1, 0, 1, 1);
        File.SetLastWriteTimeUtc(temp.At("train.parquet"), written);
        using ImageData byFooter = Open();
        await Write("train.parquet", 0, 1, 0, 0);
        File.SetLastWriteTimeUtc(temp.At("train.parquet"), written.AddSeconds(1));
        string cache = ParquetSet.Find(temp.Path)!.CachePath(Options);

        Assert.Equal(length, new FileInfo(temp.At("train.parquet")).Length);
        Assert.Equal([0, 1, 0, 0], before.Train.Labels);
        Assert.Equal([1, 0, 1, 1], byFooter.Train.Labels);
        Assert.False(File.Exists(cache));
    }

    [Fact]
    public async Task The_same_bytes_in_rows_of_other_parts_and_classes_are_counted_also_when_opened_again()
    {
        string features = TestParquet.Features(TestParquet.Classes("label", "cat", "dog"));
        await TestParquet.Write<long>(
            temp.At("train.parquet"),
            [(TestParquet.Png(0), 0), (TestParquet.Png(1), 1), (TestParquet.Png(2), 0), (TestParquet.Png(2), 1)],
            features
        );
        await TestParquet.Write<long>(
            temp.At("test.parquet"),
            [(TestParquet.Png(1), 1), (TestParquet.Png(7), 0)],
            features
        );
        Assert.Equal(
            [(DuplicateKind.AcrossParts, 1), (DuplicateKind.AcrossClasses, 1)],
            ImageDataSource.Inspect(temp.Path, Options).Identical.Select(found => (found.Kind, found.Count))
        );
        for (int time = 0; time < 2; time++)
        {
            using ImageData data = ImageDataSource.Open(temp.Path, Options);
            Assert.Contains(
                data.Notes,
                note => note.Contains("1 image has the same bytes as one of another part", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task Inspecting_lists_every_bad_row_and_packs_nothing()
    {
        await TestParquet.Write<long>(
            temp.At("train.parquet"),
            [
                (TestParquet.Png(0), 0),
                (null, 1),
                (TestParquet.Png(2), 1),
                (TestParquet.Png(3), null),
                ([1, 2, 3], 1),
                (TestParquet.Png(5), 9),
            ],
            TestParquet.Features(TestParquet.Classes("label", "cat", "dog"))
        );
        await Write("test.parquet", 0, 1);

        DataInspection inspection = ImageDataSource.Inspect(temp.Path, Options);

        Assert.Equal([1, 1], inspection.TrainCounts);
        Assert.Equal([1, 1], inspection.TestCounts);
        Assert.Equal((9, 7), (inspection.Median.Width, inspection.Median.Height));
        Assert.Equal(
            [
                "row 4: the row comes without a label",
                "row 6: the row comes with the label 9, but 2 are named",
                "row 2: the image is not in the row, which has only its path 1.png",
                "row 5: it is no JPEG, PNG, WebP, BMP, GIF or TIFF image",
            ],
            inspection.Unreadable.Select(row => $"{row.Path[(temp.At("train.parquet").Length + 2)..]}: {row.Reason}")
        );
        Assert.Equal(4, inspection.LeftOut.Sum(entry => entry.Count));
        Assert.False(Directory.Exists(Path.Combine(temp.Path, ".counterpoise")));
    }

    [Fact]
    public async Task A_row_without_an_image_moves_no_other_and_is_named_by_every_later_reading()
    {
        await TestParquet.Write<long>(
            temp.At("train.parquet"),
            [(TestParquet.Png(0), 0), (null, 1), (TestParquet.Png(2), 1), (TestParquet.Png(3), 0)]
        );
        await Write("test.parquet", 0, 1);

        string message = Assert.Throws<CounterpoiseException>(() => Open()).Message;
        using ImageData first = ImageDataSource.Open(temp.Path, Options with { SkipUnreadable = true });
        using ImageData again = ImageDataSource.Open(temp.Path, Options with { SkipUnreadable = true });

        Assert.Contains("train.parquet: row 2: could not be read: ", message, StringComparison.Ordinal);
        foreach (ImageData data in (ImageData[])[first, again])
        {
            Assert.Equal([0, 1, 0], data.Train.Labels);
            Assert.Equal(
                3,
                Enumerable
                    .Range(0, 3)
                    .Select(i => Convert.ToHexString(TestImages.Bytes(data.Train, i)))
                    .Distinct()
                    .Count()
            );
            Assert.Contains(data.Notes, note => note.Contains("row 2: skipped", StringComparison.Ordinal));
            Assert.Equal([$"{temp.At("train.parquet")}: row 2"], Assert.Single(data.LeftOut).Files);
        }
    }

    private static OpenOptions Options => new() { ImageSize = 8 };

    private ImageData Open() => ImageDataSource.Open(temp.Path, Options);

    private void Picture(string name)
    {
        string path = temp.At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, TestParquet.Png(1));
    }

    private Task Write(string name, params long[] labels) =>
        TestParquet.Write<long>(
            temp.At(name),
            [.. labels.Select((label, i) => ((byte[]?)TestParquet.Png(i), (long?)label))]
        );
}
