using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Pixels;
using Parquet;
using Parquet.Schema;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class ParquetTests : IDisposable
{
    private const string Names =
        """{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}""";

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Shards_are_packed_and_give_what_a_folder_of_the_same_files_gives()
    {
        (byte[] Image, long Label)[] rows = [.. Enumerable.Range(0, 11).Select(i => (Png(i), (long)(i % 2)))];
        await Write("data/train-00000-of-00002.parquet", rows[..6], rowsAGroup: 4, Names);
        await Write("data/train-00001-of-00002.parquet", rows[6..], rowsAGroup: 4, Names);
        await Write("data/test-00000-of-00001.parquet", rows[3..7], rowsAGroup: 10, Names);

        using ImageData data = ImageDataSource.Open(temp.Path, Options);
        using ImageData again = ImageDataSource.Open(temp.Path, Options);

        Assert.Equal(["cat", "dog"], data.Train.Classes);
        Assert.Equal(rows.Select(row => (int)row.Label), data.Train.Labels);
        Assert.Equal(4, data.Test.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            var image = new PixelBuffer();
            Assert.Null(ImageDecoder.Decode(rows[i].Image, Options.Reading, image, out _));
            Assert.Equal(image.Planes.ToArray(), TestImages.Bytes(data.Train, i));
        }

        Assert.Contains(data.Notes, note => note.Contains("they were packed into", StringComparison.Ordinal));
        Assert.DoesNotContain(again.Notes, note => note.Contains("they were packed into", StringComparison.Ordinal));
        Assert.Equal(Fingerprint.Of(data.Train), Fingerprint.Of(again.Train));
        Assert.Single(Directory.EnumerateFiles(temp.At("data", ".counterpoise", "x")[..^2], "*.pack"));
    }

    [Fact]
    public async Task Text_labels_are_class_names_and_numbers_without_names_are_their_own()
    {
        await Write("train.parquet", [(Png(0), 0), (Png(1), 1)], 10, null);
        await Write("validation.parquet", [(Png(2), 1)], 10, null);

        using ImageData data = ImageDataSource.Open(temp.Path, Options);

        Assert.Equal(["0", "1"], data.Train.Classes);
        Assert.Contains("validation.parquet", string.Join(' ', data.Notes));
    }

    [Fact]
    public async Task Other_columns_are_refused_with_those_that_there_are()
    {
        await Write("train.parquet", [(Png(0), 0)], 10, null, "picture", "klass");
        await Write("test.parquet", [(Png(0), 0)], 10, null, "picture", "klass");

        string message = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Options)).Message;

        Assert.Contains(
            "train.parquet: has no column of label; found picture/bytes, picture/path, klass, expected",
            message
        );
    }

    [Theory]
    [InlineData(0, 2, "no training image has the label 1")]
    [InlineData(0, -1, "found one class, '0'")]
    [InlineData(0, -2, "has the label -2, expected 0 or more")]
    public async Task Labels_with_gaps_are_refused(long first, long second, string named)
    {
        await Write("train.parquet", [(Png(0), first), (Png(1), second)], 10, null);
        await Write("test.parquet", [(Png(0), 0)], 10, null);

        string message = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Options)).Message;

        Assert.Contains(named, message);
    }

    [Fact]
    public async Task A_damaged_file_a_missing_training_part_and_an_unreadable_image_are_named()
    {
        await Write("train.parquet", [(Png(0), 0), ([1, 2, 3], 1)], 10, null);
        File.Move(temp.At("train.parquet"), temp.At("test.parquet"));
        Assert.Contains(
            "expected files named train*.parquet",
            Assert.Throws<UsageException>(() => ImageDataSource.Open(temp.Path, Options)).Message
        );
        File.Move(temp.At("test.parquet"), temp.At("train.parquet"));
        await Write("test.parquet", [(Png(0), 0)], 10, null);
        string image = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Options)).Message;
        Assert.Contains("train.parquet: row 2: could not be read", image);

        byte[] content = await File.ReadAllBytesAsync(temp.At("test.parquet"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            temp.At("test.parquet"),
            content[..(content.Length / 2)],
            TestContext.Current.CancellationToken
        );
        string damaged = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(temp.Path, Options)).Message;
        Assert.Contains("test.parquet: is damaged or no Parquet file", damaged);
    }

    private static OpenOptions Options => new() { ImageSize = 8 };

    private byte[] Png(int seed)
    {
        string path = temp.At("images", $"{seed}.png");
        TestFiles.Write(path, 9, 7, (x, y) => new SKColor((byte)(20 * x), (byte)(30 * y), (byte)(10 * seed)));
        byte[] content = File.ReadAllBytes(path);
        Directory.Delete(temp.At("images", "x")[..^2], recursive: true);
        return content;
    }

    private async Task Write(
        string name,
        (byte[] Image, long Label)[] rows,
        int rowsAGroup,
        string? metadata,
        string imageColumn = "image",
        string labelColumn = "label"
    )
    {
        var bytes = new DataField<byte[]>("bytes");
        var path = new DataField<string>("path");
        var label = new DataField<long>(labelColumn);
        var schema = new ParquetSchema(new StructField(imageColumn, bytes, path), label);
        await using FileStream file = File.Create(temp.At(name));
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file);
        if (metadata is not null)
        {
            writer.CustomMetadata = new Dictionary<string, string> { ["huggingface"] = metadata };
        }

        foreach ((byte[] Image, long Label)[] group in rows.Chunk(rowsAGroup))
        {
            using ParquetRowGroupWriter writing = writer.CreateRowGroup();
            await writing.WriteAsync(bytes, [.. group.Select(row => row.Image)]);
            await writing.WriteAsync(path, [.. group.Select((_, i) => $"{i}.png")]);
            await writing.WriteAsync<long>(label, group.Select(row => row.Label).ToArray().AsMemory());
        }
    }
}
