using System.Buffers.Binary;
using System.Diagnostics;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Counterpoise.Data.Pixels;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Files and folders that are not as their names say, or lead in circles.</summary>
public sealed class UnusualFilesTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void The_content_counts_not_the_extension()
    {
        string png = temp.At("a.png");
        TestFiles.Write(png, 4, 4, (_, _) => new SKColor(10, 200, 30));
        File.Move(png, temp.At("a.jpg"));

        Assert.Equal([10, 200, 30], FirstPixel(temp.At("a.jpg")));
    }

    /// <summary>A pipe gives nothing until somebody writes into it: whoever opens one waits for ever.</summary>
    [Theory]
    [InlineData("a/pipe.png", "the file is empty")]
    [InlineData("train.txt", null)]
    [InlineData("list.csv", null)]
    [InlineData("x.json", null)]
    [InlineData("x.zip", null)]
    [InlineData("x.parquet", null)]
    [InlineData("wnids.txt", null)]
    [InlineData("data_batch_1.bin", "found 0")]
    [InlineData("a/noending", null)]
    public async Task Nobody_waits_for_a_pipe(string name, string? said)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no pipes among its files");
        }

        TestTree.Make(temp, "a 3; b 3");
        string pipe = temp.At(name.Split('/'));
        using (var made = Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        foreach (string data in name.Contains('/', StringComparison.Ordinal) ? [temp.Path] : new[] { temp.Path, pipe })
        {
            string told = await Task.Run(() => Told(data), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.Contains(data == pipe ? "is empty, a pipe or a device" : said ?? "2 classes", told);
        }
    }

    private static string Told(string data)
    {
        try
        {
            DataInspection found = TestTree.Inspect(data);
            return string.Join('\n', found.Notes.Concat(found.Unreadable.Select(file => file.Reason)));
        }
        catch (CounterpoiseException refused)
        {
            return refused.Message;
        }
    }

    [Fact]
    public void An_animated_file_is_its_first_picture()
    {
        string path = temp.At("a.png");
        TestFiles.Write(path, 4, 4, (_, _) => new SKColor(10, 200, 30));
        byte[] png = File.ReadAllBytes(path);
        int data = png.AsSpan().IndexOf("IDAT"u8) - 4;
        int end = png.AsSpan().IndexOf("IEND"u8) - 4;
        int size = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(data));
        byte[] compressed = png[(data + 8)..(data + 8 + size)];
        byte[] frame = new byte[26]; // Of the same size at the place 0, 0, for a tenth of a second.
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), 4);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), 4);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(22), 10);
        byte[] second = [.. frame];
        second[3] = 1;
        byte[] more = [0, 0, 0, 2, .. compressed];
        File.WriteAllBytes(
            path,
            [
                .. png[..data],
                .. Chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]),
                .. Chunk("fcTL", frame),
                .. png[data..end],
                .. Chunk("fcTL", second),
                .. Chunk("fdAT", more),
                .. png[end..],
            ]
        );

        Assert.Equal([10, 200, 30], FirstPixel(path));
    }

    [Fact]
    public void Names_may_be_of_any_script_and_links_to_folders_are_not_followed()
    {
        foreach (string name in new[] { "猫", "Hündin und Rüde" })
        {
            for (int i = 0; i < 2; i++)
            {
                TestFiles.Write(temp.At("train", name, $"снимок {i}.png"), new SKColor(1, 2, 3));
                TestFiles.Write(temp.At("test", name, $"снимок {i}.png"), new SKColor(1, 2, 3));
            }
        }

        Directory.CreateSymbolicLink(temp.At("train", "猫", "again"), temp.At("train", "x")[..^2]);

        using ImageData data = ImageDataSource.Open(temp.Path, new OpenOptions { ImageSize = 8 });

        Assert.Equal(["Hündin und Rüde", "猫"], data.Train.Classes);
        Assert.Equal(4, data.Train.Count);
    }

    [Fact]
    public void A_class_folder_may_be_a_link_but_not_to_a_folder_above_it()
    {
        TestFiles.Write(temp.At("elsewhere", "1.png"), SKColors.Red);
        TestFiles.Write(temp.At("set", "train", "a", "1.png"), SKColors.Red);
        TestFiles.Write(temp.At("set", "test", "a", "1.png"), SKColors.Red);
        string set = Path.Combine(temp.Path, "set");
        Directory.CreateSymbolicLink(Path.Combine(set, "train", "b"), Path.Combine(temp.Path, "elsewhere"));
        using (ImageData data = ImageDataSource.Open(set, new OpenOptions { ImageSize = 8 }))
        {
            Assert.Equal(["a", "b"], data.Train.Classes);
        }

        string loop = Path.Combine(set, "train", "loop");
        Directory.CreateSymbolicLink(loop, set);
        Assert.StartsWith(
            $"{loop}: is a link to {set}, a folder above it",
            Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(set)).Message
        );
    }

    private static byte[] FirstPixel(string path)
    {
        var image = new PixelBuffer();
        Assert.Null(
            ImageDecoder.Decode(path, new ImageReading(new ImageGeometry(4, 4, ResizeRule.Square)), image, out _)
        );
        return [image.Planes[0], image.Planes[16], image.Planes[32]];
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content];
        byte[] length = new byte[4];
        byte[] check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, TestFiles.Crc(named));
        return [.. length, .. named, .. check];
    }
}
