using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Downloads;

namespace Counterpoise.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    public void Dispose() => temp.Dispose();

    [Fact]
    public void An_archive_is_fetched_checked_and_not_fetched_again()
    {
        using var server = new FileServer(content);
        Download archive = Archive(server, "set.tar.gz", content);
        var progress = new Noting();

        string file = archive.Fetch(temp.Path, progress, TestContext.Current.CancellationToken);
        string again = archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal(content, File.ReadAllBytes(file));
        Assert.Equal(file, again);
        Assert.Equal([null], server.Ranges);
        Assert.Equal((content.Length, content.Length), progress.Last);
        Assert.Equal(["set.tar.gz"], Directory.EnumerateFiles(temp.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_transfer_that_broke_off_goes_on_where_the_server_can_and_begins_anew_where_not(bool ranges)
    {
        using var server = new FileServer(content) { BreakAfter = 100_000, SupportsRanges = ranges };
        Download archive = Archive(server, "set.tar.gz", content);
        string message = Assert
            .Throws<CounterpoiseException>(() => archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken))
            .Message;
        server.BreakAfter = null;

        string file = archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Contains("the same command goes on", message);
        Assert.Contains(temp.At("set.tar.gz"), message);
        Assert.Equal(content, File.ReadAllBytes(file));
        Assert.StartsWith("bytes=", server.Ranges[1]);
    }

    [Fact]
    public void Another_content_is_refused_and_moved_aside()
    {
        using var server = new FileServer([.. content.Reverse()]);

        string message = Assert
            .Throws<CounterpoiseException>(() =>
                Archive(server, "set.tar.gz", content).Fetch(temp.Path, null, TestContext.Current.CancellationToken)
            )
            .Message;

        Assert.Contains("has the MD5", message);
        Assert.Equal(["set.tar.gz.damaged"], Directory.EnumerateFiles(temp.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_the_file_or_the_server_the_user_is_told_what_to_do_by_hand()
    {
        using var server = new FileServer(content) { IsMissing = true };
        var gone = new Download("gone", new Uri("http://127.0.0.1:9/set.tar.gz"), "");
        foreach (Download archive in new[] { Archive(server, "set.tar.gz", content), gone })
        {
            string message = Assert
                .Throws<CounterpoiseException>(() =>
                    archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken)
                )
                .Message;
            Assert.StartsWith(archive.Address.ToString(), message);
            Assert.Contains($"put it at {temp.At("set.tar.gz")}", message);
        }
    }

    [Fact]
    public void A_zip_is_unpacked_into_a_folder_of_its_name()
    {
        byte[] zip = Zip(("tiny/train/a/1.png", [1, 2]), ("tiny/wnids.txt", [3]));
        using var server = new FileServer(zip);

        string folder = Archive(server, "tiny.zip", zip).Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal(temp.At("tiny"), folder);
        Assert.Equal([1, 2], File.ReadAllBytes(Path.Combine(folder, "train", "a", "1.png")));
    }

    [Fact]
    public void Two_at_once_into_one_folder_fetch_it_once_and_both_have_it()
    {
        byte[] zip = Zip(("tiny/train/a/1.png", [1, 2]), ("tiny/wnids.txt", [3]));
        using var server = new FileServer(zip);
        Download archive = Archive(server, "tiny.zip", zip);
        CancellationToken stop = TestContext.Current.CancellationToken;
        string[] folders = new string[4];

        Parallel.For(
            0,
            folders.Length,
            new ParallelOptions { MaxDegreeOfParallelism = folders.Length, CancellationToken = stop },
            i => folders[i] = archive.Fetch(temp.Path, null, stop)
        );

        Assert.Single(server.Ranges);
        Assert.All(folders, folder => Assert.Equal(temp.At("tiny"), folder));
        Assert.Equal([1, 2], File.ReadAllBytes(Path.Combine(folders[0], "train", "a", "1.png")));
    }

    [Fact]
    public void An_unpacked_folder_that_is_not_whole_is_said_and_not_replaced()
    {
        byte[] zip = Zip(("tiny/train/a/1.png", [1, 2]), ("tiny/wnids.txt", [3]));
        using var server = new FileServer(zip);
        Download archive = Archive(server, "tiny.zip", zip);
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = archive.Fetch(temp.Path, null, stop);
        File.Delete(Path.Combine(folder, "wnids.txt"));

        string message = Assert.Throws<CounterpoiseException>(() => archive.Fetch(temp.Path, null, stop)).Message;

        Assert.StartsWith($"{folder}: found 1 files, expected the 2", message);
        Assert.True(File.Exists(Path.Combine(folder, "train", "a", "1.png")));
    }

    [Fact]
    public void A_zip_that_leads_out_of_its_folder_is_refused()
    {
        byte[] zip = Zip(("../../outside.txt", [1]));
        using var server = new FileServer(zip);

        string message = Assert
            .Throws<CounterpoiseException>(() =>
                Archive(server, "tiny.zip", zip)
                    .Fetch(temp.At("below", "x"), null, TestContext.Current.CancellationToken)
            )
            .Message;

        Assert.Contains("has the entry ../../outside.txt, which leads out of the archive's folder", message);
        Assert.False(File.Exists(temp.At("outside.txt")));
        Assert.False(File.Exists(temp.At("below", "outside.txt")));
    }

    [Fact]
    public void A_file_that_has_changed_meanwhile_is_fetched_from_its_beginning()
    {
        byte[] changed = [.. content.Reverse()];
        using var server = new FileServer(content) { BreakAfter = 100_000, Version = "\"one\"" };
        Download archive = Archive(server, "set.tar.gz", changed);
        Assert.Throws<CounterpoiseException>(() =>
            archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken)
        );
        server.BreakAfter = null;
        server.Change(changed, "\"two\"");

        string file = archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal("\"one\"", server.Conditions[1]);
        Assert.Equal(changed, File.ReadAllBytes(file));
        Assert.Equal(["set.tar.gz"], Directory.EnumerateFiles(temp.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_that_has_not_changed_goes_on_where_it_was()
    {
        using var server = new FileServer(content) { BreakAfter = 100_000, Version = "\"one\"" };
        Download archive = Archive(server, "set.tar.gz", content);
        Assert.Throws<CounterpoiseException>(() =>
            archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken)
        );
        long before = new FileInfo(temp.At("set.tar.gz.part")).Length;
        server.BreakAfter = null;

        string file = archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal($"bytes={before}-", server.Ranges[1]);
        Assert.Equal(content, File.ReadAllBytes(file));
    }

    [Fact]
    public void Another_part_than_was_asked_for_is_refused()
    {
        using var server = new FileServer(content) { RangeError = 5 };
        File.WriteAllBytes(temp.At("set.tar.gz.part"), content[..1000]);
        Assert.Contains(
            "the server sent another part of the file than that from byte 1000 on",
            Assert
                .Throws<CounterpoiseException>(() =>
                    Archive(server, "set.tar.gz", content).Fetch(temp.Path, null, TestContext.Current.CancellationToken)
                )
                .Message
        );
        Assert.Equal(1000, new FileInfo(temp.At("set.tar.gz.part")).Length);
    }

    [Fact]
    public void A_part_that_is_whole_already_is_kept()
    {
        using var server = new FileServer(content);
        File.WriteAllBytes(temp.At("set.tar.gz.part"), content);
        string file = Archive(server, "set.tar.gz", content)
            .Fetch(temp.Path, null, TestContext.Current.CancellationToken);
        Assert.Equal(content, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_silent_server_is_not_waited_for_for_ever()
    {
        using var server = new FileServer(content) { IsSilent = true };
        Download archive = Archive(server, "set.tar.gz", content) with { Patience = TimeSpan.FromMilliseconds(200) };
        Assert.Contains(
            "the server was silent",
            Assert
                .Throws<CounterpoiseException>(() =>
                    archive.Fetch(temp.Path, null, TestContext.Current.CancellationToken)
                )
                .Message
        );
    }

    [Fact]
    public async Task Stopping_keeps_what_was_fetched()
    {
        using var server = new FileServer(content) { IsSilent = true };
        using var stop = new CancellationTokenSource();
        var fetching = Task.Run(() => Archive(server, "set.tar.gz", content).Fetch(temp.Path, null, stop.Token));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(temp.At("set.tar.gz.part")), TimeSpan.FromMinutes(2)));
        stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.True(File.Exists(temp.At("set.tar.gz.part")));
    }

    [Fact]
    public void A_damaged_zip_and_one_of_huge_content_are_refused()
    {
        byte[] huge = Zip(("tiny/a.png", [1, 2]));
        int directory = huge.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(huge.AsSpan(directory + 24), 0xFFFF_FFF0); // The size when unpacked.
        foreach (
            (byte[] zip, string named) in new[]
            {
                (huge, "would take more than 2 GB"),
                (content, "could not be unpacked"),
            }
        )
        {
            using var server = new FileServer(zip);
            string folder = temp.At(named, "x");
            Assert.Contains(
                named,
                Assert
                    .Throws<CounterpoiseException>(() =>
                        Archive(server, "tiny.zip", zip).Fetch(folder, null, TestContext.Current.CancellationToken)
                    )
                    .Message
            );
            Assert.False(Directory.Exists(Path.Combine(folder, "tiny")));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_in_one_line()
    {
        File.WriteAllText(temp.At("file"), "x");
        using var server = new FileServer(content);
        Assert.Contains(
            "could not be written",
            Assert
                .Throws<CounterpoiseException>(() =>
                    Archive(server, "set.tar.gz", content)
                        .Fetch(temp.At("file"), null, TestContext.Current.CancellationToken)
                )
                .Message
        );
    }

    [Fact]
    public void The_archives_are_fetched_over_HTTPS() =>
        Assert.All(
            Download.All,
            archive =>
            {
                Assert.Equal("https", archive.Address.Scheme);
                Assert.Matches("^[0-9a-f]{32}$", archive.Md5);
            }
        );

    [Fact]
    public void Unknown_names_suggest_the_nearest() =>
        Assert.Contains(
            "did you mean 'cifar10'?",
            Assert.Throws<UsageException>(() => Download.Find("cifar-10")).Message
        );

    private static Download Archive(FileServer server, string name, byte[] content)
    {
#pragma warning disable CA5351 // The checksum that publishers give.
        return new Download("test", new Uri(server.Address + name), Convert.ToHexStringLower(MD5.HashData(content)));
#pragma warning restore CA5351
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return memory.ToArray();
    }

    private sealed class Noting : IProgress<(long Done, long Total)>
    {
        public (long Done, long Total) Last { get; private set; }

        public void Report((long Done, long Total) value) => Last = value;
    }
}
