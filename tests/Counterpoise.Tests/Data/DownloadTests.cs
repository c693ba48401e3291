using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    public void Dispose() => temp.Dispose();

    [Fact]
    public void An_archive_is_fetched_checked_and_not_fetched_again()
    {
        using var server = new Server(content);
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
        using var server = new Server(content) { BreakAfter = 100_000, SupportsRanges = ranges };
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
        using var server = new Server([.. content.Reverse()]);

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
        using var server = new Server(content) { IsMissing = true };
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
        using var server = new Server(zip);

        string folder = Archive(server, "tiny.zip", zip).Fetch(temp.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal(temp.At("tiny"), folder);
        Assert.Equal([1, 2], File.ReadAllBytes(Path.Combine(folder, "train", "a", "1.png")));
    }

    [Fact]
    public void A_zip_that_leads_out_of_its_folder_is_refused()
    {
        byte[] zip = Zip(("../../outside.txt", [1]));
        using var server = new Server(zip);

        string message = Assert
            .Throws<CounterpoiseException>(() =>
                Archive(server, "tiny.zip", zip)
                    .Fetch(temp.At("below", "x"), null, TestContext.Current.CancellationToken)
            )
            .Message;

        Assert.Contains("could not be unpacked", message);
        Assert.False(File.Exists(temp.At("outside.txt")));
        Assert.False(File.Exists(temp.At("below", "outside.txt")));
    }

    [Fact]
    public void Unknown_names_suggest_the_nearest() =>
        Assert.Contains(
            "did you mean 'cifar10'?",
            Assert.Throws<UsageException>(() => Download.Find("cifar-10")).Message
        );

    private static Download Archive(Server server, string name, byte[] content)
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

    /// <summary>Serves one content on the loopback interface.</summary>
    private sealed class Server : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly byte[] content;

        public Server(byte[] content)
        {
            this.content = content;
            for (int port = 21000 + Random.Shared.Next(20000); ; port++)
            {
                Address = $"http://127.0.0.1:{port}/";
                listener.Prefixes.Clear();
                listener.Prefixes.Add(Address);
                try
                {
                    listener.Start();
                    break;
                }
                catch (HttpListenerException)
                {
                    // The port is taken; the next one.
                }
            }

            _ = Task.Run(Serve);
        }

        public string Address { get; private set; }

        public List<string?> Ranges { get; } = [];

        public int? BreakAfter { get; set; }

        public bool SupportsRanges { get; init; } = true;

        public bool IsMissing { get; init; }

        public void Dispose() => ((IDisposable)listener).Dispose();

        private async Task Serve()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                Answer(context);
            }
        }

        private void Answer(HttpListenerContext context)
        {
            string? range = context.Request.Headers["Range"];
            Ranges.Add(range);
            int first = range is not null && SupportsRanges ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
            context.Response.StatusCode =
                IsMissing ? 404
                : first > 0 ? 206
                : 200;
            byte[] body = IsMissing ? [] : content[first..];
            context.Response.ContentLength64 = body.Length;
            try
            {
                context.Response.OutputStream.Write(body, 0, Math.Min(BreakAfter ?? body.Length, body.Length));
                if (BreakAfter is null)
                {
                    context.Response.Close();
                }
                else
                {
                    context.Response.OutputStream.Flush();
                    context.Response.Abort();
                }
            }
            catch (Exception error) when (error is HttpListenerException or IOException)
            {
                // The client has gone.
            }
        }
    }
}
