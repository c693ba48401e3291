using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Tests.Data;

public sealed class ImageArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("images.zip")]
    [InlineData("images.tar")]
    [InlineData("images.tar.gz")]
    public void An_archive_of_a_folder_is_unpacked_once_and_read_like_the_folder(string name)
    {
        string images = WriteImages();
        string archive = Archive(images, name);
        var options = new OpenOptions { ImageSize = 8 };
        using ImageData wanted = ImageDataSource.Open(images, options);

        using ImageData found = ImageDataSource.Open(archive, options);

        Assert.Equal("images", found.Name);
        Assert.Contains(found.Notes, note => note.Contains("cannot be read in any order, so it was unpacked into"));
        Assert.Equal(wanted.Train.Labels, found.Train.Labels);
        Assert.Equal(Pixels(wanted), Pixels(found));
        File.Delete(Directory.GetFiles(folder[".counterpoise"], "2.png", SearchOption.AllDirectories).Order().First());
        using ImageData again = ImageDataSource.Open(archive, options);
        Assert.Equal(11, again.Train.Count + again.Test.Count); // What was unpacked before is used.
    }

    [Fact]
    public void Inspection_reads_archives_as_well()
    {
        string archive = Archive(WriteImages(), "images.zip");

        DataInspection found = ImageDataSource.Inspect(archive, new OpenOptions { ImageSize = 8 });

        Assert.Equal(["cat", "dog"], found.Classes);
        Assert.Equal([3, 3], found.TrainCounts);
    }

    [Theory]
    [InlineData("../evil.png")]
    [InlineData("/tmp/evil.png")]
    [InlineData("train/../../evil.png")]
    public void Entries_that_lead_elsewhere_are_refused_and_nothing_is_left(string entry)
    {
        foreach (string name in new[] { "bad.zip", "bad.tar" })
        {
            string archive = folder[name];
            if (name.EndsWith(".zip", StringComparison.Ordinal))
            {
                using ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create);
                using Stream content = zip.CreateEntry(entry).Open();
                content.WriteByte(1);
            }
            else
            {
                using FileStream file = File.Create(archive);
                using var tar = new TarWriter(file);
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, entry) { DataStream = new MemoryStream([1]) }
                );
            }

            var failure = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(archive));

            Assert.Contains(entry, failure.Message);
            Assert.Contains("leads out of the archive's folder", failure.Message);
            Assert.Empty(Directory.GetFiles(folder[".counterpoise"], "*", SearchOption.AllDirectories));
        }

        Assert.False(File.Exists(folder["evil.png"]));
    }

    [Theory]
    [InlineData("broken.zip")]
    [InlineData("broken.tar")]
    [InlineData("broken.tar.gz")]
    public void What_is_no_archive_is_said_to_be_damaged(string name)
    {
        File.WriteAllText(folder[name], new StringBuilder().Insert(0, "no archive ", 200).ToString());

        var failure = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(folder[name]));

        Assert.Contains(name, failure.Message);
        Assert.Contains("could not be unpacked", failure.Message);
    }

    private string WriteImages()
    {
        string images = folder["source/images"];
        foreach (string part in new[] { "train", "test" })
        {
            foreach ((string name, int shade) in new[] { ("cat", 40), ("dog", 200) })
            {
                Directory.CreateDirectory(Path.Combine(images, part, name));
                for (int i = 0; i < 3; i++)
                {
                    int step = i;
                    TestFiles.Write(
                        Path.Combine(images, part, name, $"{i}.png"),
                        8,
                        8,
                        (x, y) => new SkiaSharp.SKColor((byte)shade, (byte)(10 * step), (byte)(x + y))
                    );
                }
            }
        }

        return images;
    }

    private string Archive(string images, string name)
    {
        string archive = folder[name];
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            ZipFile.CreateFromDirectory(images, archive, CompressionLevel.Fastest, includeBaseDirectory: true);
            return archive;
        }

        using FileStream file = File.Create(archive);
        using Stream content = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionLevel.Fastest)
            : file;
        TarFile.CreateFromDirectory(images, content, includeBaseDirectory: true);
        return archive;
    }

    private static byte[] Pixels(ImageData images)
    {
        using TorchSharp.torch.Tensor all = images.Train.Read([.. Enumerable.Range(0, images.Train.Count)]);
        return all.data<byte>().ToArray();
    }
}
