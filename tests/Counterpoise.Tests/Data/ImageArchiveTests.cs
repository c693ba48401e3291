using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;

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
        string one = Directory.GetFiles(folder[".counterpoise"], "2.png", SearchOption.AllDirectories).Order().First();
        DateTime made = File.GetLastWriteTimeUtc(one);
        using ImageData again = ImageDataSource.Open(archive, options);
        Assert.Equal(made, File.GetLastWriteTimeUtc(one)); // What was unpacked before is used.
        File.Delete(one);
        using ImageData whole = ImageDataSource.Open(archive, options);
        Assert.Equal(12, whole.Train.Count + whole.Test.Count);
        Assert.Contains(whole.Notes, note => note.Contains("so it was made anew"));
    }

    [Theory]
    [InlineData("images.tar", "images.tar.gz")]
    [InlineData("images.tar", "images.zip")]
    [InlineData("images.tar.gz", "images.tar")]
    [InlineData("images.tar.gz", "images.zip")]
    [InlineData("images.zip", "images.tgz")]
    [InlineData("images.zip", "images.tar")]
    public void An_archive_is_read_as_what_it_is_whatever_its_name_says(string made, string named)
    {
        string archive = Archive(WriteImages(), made);
        File.Move(archive, folder[named]);

        using ImageData found = ImageDataSource.Open(folder[named], new OpenOptions { ImageSize = 8 });

        Assert.Equal("images", found.Name);
        Assert.Equal(["cat", "dog"], found.Train.Classes);
    }

    [Theory]
    [InlineData("set.zip")]
    [InlineData("set.tar")]
    public void An_archive_that_another_of_the_same_length_and_time_replaces_is_unpacked_anew(string name)
    {
        DateTime written = DateTime.UtcNow.AddDays(-1);
        ImageArchive before = Made("cat");

        ImageArchive after = Made("dog");

        Assert.Equal(["cat"], Classes(before));
        Assert.Equal(["dog"], Classes(after));
        Assert.Equal(after.Folder, Open(name).Folder);

        ImageArchive Made(string label)
        {
            File.Delete(folder[name]);
            if (name.EndsWith(".zip", StringComparison.Ordinal))
            {
                Write(name, ($"{label}/0.png", [1]), ($"{label}/1.png", [2]), ("list.csv", [3]));
            }
            else
            {
                WriteTar(
                    name,
                    (TarEntryType.RegularFile, $"{label}/0.png", "1"),
                    (TarEntryType.RegularFile, "list.csv", "2")
                );
            }

            File.SetLastWriteTimeUtc(folder[name], written);
            return Open(name);
        }

        static IEnumerable<string?> Classes(ImageArchive archive) =>
            Directory.GetDirectories(archive.Folder).Select(path => Path.GetFileName(path));
    }

    [Fact]
    public void What_was_unpacked_when_name_length_and_time_alone_told_archives_apart_is_not_used()
    {
        Write("set.zip", ("cat/0.png", [1]), ("list.csv", [3]));
        var file = new FileInfo(folder["set.zip"]);
        string identity = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{file.Name} {file.Length} {file.LastWriteTimeUtc:O}"))
        )[..16];
        string old = folder[$".counterpoise/{identity}/set"];
        Directory.CreateDirectory(old);
        File.WriteAllText(Path.Combine(old, "old.png"), "");
        File.WriteAllText(old + ".whole", """{"Files": 1, "LeftOut": []}""");

        ImageArchive archive = Open("set.zip");

        Assert.NotEqual(old, archive.Folder);
        Assert.True(File.Exists(Path.Combine(archive.Folder, "cat", "0.png")));
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
            Assert.All(Left(), file => Assert.EndsWith(".lock", file));
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

    [Theory]
    [InlineData("set.zip", "set/train/cat|set/train/dog", "train")]
    [InlineData("other.zip", "set/train/cat|set/train/dog", "train")]
    [InlineData("set.zip", "a/b/cat|a/b/dog", "cat|dog")]
    [InlineData("train.zip", "train/cat|test/cat", "test|train")]
    [InlineData("train.zip", "train/cat|train/dog", "train")]
    [InlineData("cats.zip", "cats/x|dogs/x", "cats|dogs")]
    [InlineData("cats.zip", "cats", "cats")]
    [InlineData("set.zip", "set/cat|set/dog|__MACOSX/set/cat|.hidden/x", "cat|dog")]
    [InlineData("set.zip", "set/cat|set/dog|more/cat", "more|set")]
    public void What_is_read_is_the_folder_below_which_there_is_more_than_one(string name, string held, string found)
    {
        Write(name, [.. held.Split('|').Select(path => ($"{path}/0.png", new byte[] { 1 }))]);

        ImageArchive archive = Open(name);

        Assert.Equal(
            found.Split('|'),
            Directory
                .GetDirectories(archive.Folder)
                .Select(path => Path.GetFileName(path))
                .Where(below => !below.StartsWith('.'))
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(name[..^4], Path.GetFileName(archive.Folder));
        Assert.Equal(
            held.Contains(".hidden", StringComparison.Ordinal),
            archive.LeftOut.Any(left => left.Reason.StartsWith("hidden", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_list_beside_its_images_is_not_lost_below_the_folder_that_holds_both()
    {
        Write("set.zip", ("set/labels.csv", [1]), ("set/0.png", [1]));

        Assert.True(File.Exists(Path.Combine(Open("set.zip").Folder, "labels.csv")));
    }

    [Fact]
    public void Two_entries_never_become_one()
    {
        Write("set.zip", ("cat/0.png", [1]), ("cat/./0.png", [2]), ("dog/0.png", [3]));

        var failure = Assert.Throws<CounterpoiseException>(() => Open("set.zip"));

        Assert.Contains("set.zip: has two entries that would become cat/0.png here", failure.Message);
        Assert.All(Left(), file => Assert.EndsWith(".lock", file));
    }

    [Fact]
    public void A_file_that_a_tar_holds_twice_is_the_later_one_and_that_is_said()
    {
        WriteTar(
            "set.tar",
            (TarEntryType.RegularFile, "cat/0.png", "old"),
            (TarEntryType.RegularFile, "cat/1.png", "one"),
            (TarEntryType.RegularFile, "./cat/0.png", "new")
        );

        ImageArchive archive = Open("set.tar");

        Assert.Equal("new", File.ReadAllText(Path.Combine(archive.Folder, "cat", "0.png")));
        Assert.Equal("files that are in the archive once more, later", Assert.Single(archive.LeftOut).Reason);
    }

    [Fact]
    public void Links_within_a_tar_are_what_they_lead_to_and_others_are_left_out_and_named_each_time()
    {
        WriteTar(
            "set.tar",
            (TarEntryType.SymbolicLink, "set/dog/early.png", "later.png"),
            (TarEntryType.SymbolicLink, "set/dog/later.png", "../cat/0.png"),
            (TarEntryType.RegularFile, "set/cat/0.png", "image"),
            (TarEntryType.HardLink, "set/bird/hard.png", "set/cat/0.png"),
            (TarEntryType.SymbolicLink, "set/tiger", "cat"),
            (TarEntryType.SymbolicLink, "set/dog/out.png", "../../../0.png"),
            (TarEntryType.SymbolicLink, "set/dog/root.png", "/etc/passwd"),
            (TarEntryType.HardLink, "set/dog/hard-out.png", "../0.png"),
            (TarEntryType.SymbolicLink, "set/cat/up", ".."),
            (TarEntryType.SymbolicLink, "set/dog/gone.png", "none.png"),
            (TarEntryType.SymbolicLink, "set/dog/itself.png", "itself.png"),
            (TarEntryType.Fifo, "set/dog/pipe.png", "")
        );

        foreach (ImageArchive archive in new[] { Open("set.tar"), Open("set.tar") })
        {
            foreach (string copy in new[] { "dog/early.png", "dog/later.png", "bird/hard.png", "tiger/0.png" })
            {
                Assert.Equal("image", File.ReadAllText(Path.Combine(archive.Folder, copy)));
            }

            Assert.Equal(
                [
                    $"links that lead out of the archive: {folder["set.tar"]}/set/dog/out.png {folder["set.tar"]}/set/dog/root.png {folder["set.tar"]}/set/dog/hard-out.png",
                    $"links to a folder above them: {folder["set.tar"]}/set/cat/up",
                    $"devices and pipes: {folder["set.tar"]}/set/dog/pipe.png",
                    $"links to nothing in the archive: {folder["set.tar"]}/set/dog/gone.png {folder["set.tar"]}/set/dog/itself.png",
                ],
                archive.LeftOut.Select(entry => $"{entry.Reason}: {string.Join(' ', entry.Files)}")
            );
            Assert.Contains($"{folder["set.tar"]}: left out devices and pipes (1): set/dog/pipe.png.", archive.Notes);
        }
    }

    [Fact]
    public void A_link_cannot_be_used_to_write_elsewhere()
    {
        WriteTar(
            "set.tar",
            (TarEntryType.SymbolicLink, "set/here", "."),
            (TarEntryType.SymbolicLink, "set/out", "here/../../outside"),
            (TarEntryType.SymbolicLink, "set/a", "cat"),
            (TarEntryType.RegularFile, "set/cat/0.png", "image"),
            (TarEntryType.SymbolicLink, "set/b", "a/../../set/cat")
        );

        ImageArchive archive = Open("set.tar");

        Assert.Equal(["a", "b", "cat"], Directory.GetDirectories(archive.Folder).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(archive.Folder, "b", "0.png")));
        Assert.Equal(2, archive.LeftOut.Sum(entry => entry.Count));
    }

    [Fact]
    public void Links_of_zips_are_links_as_well()
    {
        using (ZipArchive zip = ZipFile.Open(folder["set.zip"], ZipArchiveMode.Create))
        {
            using (Stream content = zip.CreateEntry("cat/0.png").Open())
            {
                content.WriteByte(7);
            }

            ZipArchiveEntry link = zip.CreateEntry("dog/0.png");
            link.ExternalAttributes = unchecked((int)0xA1FF0000);
            using Stream target = link.Open();
            target.Write("../cat/0.png"u8);
        }

        byte[] bytes = File.ReadAllBytes(folder["set.zip"]);
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 5] = 3; // Made on Unix, whatever this is.
        File.WriteAllBytes(folder["set.zip"], bytes);

        Assert.Equal([7], File.ReadAllBytes(Path.Combine(Open("set.zip").Folder, "dog", "0.png")));
    }

    [Fact]
    public void What_other_systems_leave_in_archives_is_not_unpacked_and_images_among_it_are_counted()
    {
        Write(
            "set.zip",
            ("cat/0.png", [1]),
            ("cat/._0.png", [1]),
            ("cat/Icon\r", []),
            ("dog/0.png", [1]),
            (".DS_Store", [1]),
            ("__MACOSX/cat/._0.png", [1]),
            (".counterpoise/x.pack", [1])
        );

        ImageArchive archive = Open("set.zip");

        Assert.Equal(
            ["cat/0.png", "dog/0.png"],
            Directory
                .GetFiles(archive.Folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(archive.Folder, file))
                .Order(StringComparer.Ordinal)
        );
        LeftOut left = Assert.Single(archive.LeftOut);
        Assert.Equal(("files that other systems made", 2), (left.Reason, left.Count));
    }

    [Fact]
    public void Control_characters_are_refused_and_shown_as_harmless_text()
    {
        Write("set.zip", ("cat/\u001b[31m.png", [1]));

        var failure = Assert.Throws<CounterpoiseException>(() => Open("set.zip"));

        Assert.Contains(@"has the entry cat/\x1b[31m.png, whose name has control characters", failure.Message);
    }

    [Theory]
    [InlineData("C:/evil.png")]
    [InlineData(@"..\evil.png")]
    [InlineData(@"\evil.png")]
    [InlineData(@"train\..\..\evil.png")]
    public void Entries_of_Windows_that_lead_elsewhere_are_refused(string entry)
    {
        Write("set.zip", (entry, [1]));

        Assert.Contains(
            "leads out of the archive's folder",
            Assert.Throws<CounterpoiseException>(() => Open("set.zip")).Message
        );
    }

    [Theory]
    [InlineData("images.7z", "00", "found a file packed as .7z")]
    [InlineData("images.rar", "00", "found a file packed as .rar")]
    [InlineData("images.tar.xz", "00", "found a file packed as .tar.xz")]
    [InlineData("images.tar.bz2", "00", "found a file packed as .tar.bz2")]
    [InlineData("images.TAR.ZST", "00", "found a file packed as .tar.zst")]
    [InlineData("images.csv.gz", "00", "found a file packed as .gz")]
    [InlineData("images.zip", "1F8B0800", "could not be unpacked")]
    [InlineData("images.zip", "504B0304", "images.zip: could not be unpacked")]
    [InlineData(
        "images.tar",
        "FD377A585A00",
        "is named .tar and begins like a .tar.xz, expected one of .zip, .tar, .tar.gz, .tgz; unpack it by hand"
    )]
    [InlineData("images.zip", "526172211A07", "begins like a .rar")]
    [InlineData("images.zip", "0A3C21444F43545950452068746D6C3E", "is a web page")]
    [InlineData(
        "images.tar.gz",
        "76657273696F6E2068747470733A2F2F6769742D6C66732E6769746875622E636F6D",
        "is a pointer of Git LFS"
    )]
    public void Archives_of_other_kinds_and_what_is_none_are_named(string name, string start, string said)
    {
        File.WriteAllBytes(folder[name], Convert.FromHexString(start));

        var failure = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(folder[name]));

        Assert.StartsWith(folder[name], failure.Message);
        Assert.Contains(said, failure.Message);
    }

    [Fact]
    public void Several_that_open_a_fresh_archive_at_once_all_have_all_images()
    {
        string archive = Archive(WriteImages(), "images.zip");
        int[] found = new int[6];

        Parallel.For(
            0,
            found.Length,
            new ParallelOptions { MaxDegreeOfParallelism = found.Length },
            i =>
            {
                using ImageData images = ImageDataSource.Open(archive, new OpenOptions { ImageSize = 8 });
                found[i] = images.Train.Count + images.Test.Count;
            }
        );

        Assert.All(found, count => Assert.Equal(12, count));
    }

    private ImageArchive Open(string name) => ImageArchive.Open(folder[name], null)!;

    private string[] Left() => Directory.GetFiles(folder[".counterpoise"], "*", SearchOption.AllDirectories);

    private void Write(string name, params (string Name, byte[] Content)[] entries)
    {
        using ZipArchive zip = ZipFile.Open(folder[name], ZipArchiveMode.Create);
        foreach ((string path, byte[] content) in entries)
        {
            using Stream entry = zip.CreateEntry(path).Open();
            entry.Write(content);
        }
    }

    /// <summary>A tar of entries, each with its kind, its name, and its content or where it leads.</summary>
    private void WriteTar(string name, params (TarEntryType Type, string Name, string Text)[] entries)
    {
        using FileStream file = File.Create(folder[name]);
        using var tar = new TarWriter(file);
        foreach ((TarEntryType type, string path, string text) in entries)
        {
            var entry = new PaxTarEntry(type, path);
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = text;
            }
            else if (type == TarEntryType.RegularFile)
            {
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            }

            tar.WriteEntry(entry);
        }
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
