using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Tests.Data;

public sealed class CacheEntryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Several_that_want_it_at_once_make_it_once_and_all_see_it_whole()
    {
        int made = 0;
        List<string> messages = [];
        var told = new Telling(line =>
        {
            lock (messages)
            {
                messages.Add(line);
            }
        });
        using var start = new Barrier(8);
        int[] seen = new int[8];
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(i => new Thread(() =>
                {
                    start.SignalAndWait();
                    Require(
                        Entry(),
                        to =>
                        {
                            Interlocked.Increment(ref made);
                            return Make(to, files: 50, slowly: true);
                        },
                        told
                    );
                    seen[i] = Files();
                })),
        ];

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(1, made);
        Assert.All(seen, count => Assert.Equal(50, count));
        Assert.Equal(7, messages.Count);
        Assert.All(messages, line => Assert.Contains("another process is making it", line));
        Assert.Equal(["set", "set.lock", "set.whole"], Names());
    }

    [Fact]
    public void What_is_left_out_is_known_to_those_who_find_it_made()
    {
        LeftOut[] leftOut = [new("devices", null, 2, ["a", "b"]), new("links", "cat", 1, ["c"])];
        Require(
            Entry(),
            to =>
            {
                Make(to, 3);
                return leftOut;
            },
            null
        );

        CacheContent found = Require(Entry(), _ => throw new InvalidOperationException(), null);

        Assert.Equal(
            leftOut.Select(entry => (entry.Reason, entry.Class, entry.Count)),
            found.LeftOut.Select(entry => (entry.Reason, entry.Class, entry.Count))
        );
        Assert.Equal(["a", "b"], found.LeftOut[0].Files);
        Assert.Empty(found.Notes);
    }

    [Theory]
    [InlineData("marker", "it was not made to its end, or by an earlier version")]
    [InlineData("damaged marker", "it was not made to its end, or by an earlier version")]
    [InlineData("file", "found 2 files, expected the 3 that it was made with")]
    [InlineData("more", "found 4 files, expected the 3 that it was made with")]
    public void An_entry_that_is_not_whole_is_made_anew_and_that_is_said(string missing, string said)
    {
        Require(Entry(), to => Make(to, 3), null);
        switch (missing)
        {
            case "marker":
                File.Delete(folder["set.whole"]);
                break;
            case "damaged marker":
                File.WriteAllText(folder["set.whole"], "{");
                break;
            case "file":
                File.Delete(folder["set/below/1"]);
                break;
            default:
                File.WriteAllText(folder["set/below/new"], "x");
                break;
        }

        CacheContent again = Require(Entry(), to => Make(to, 3), null);

        Assert.Contains($"{folder["set"]}: {said}, so it was made anew.", again.Notes);
        Assert.Equal(3, Files());
        Assert.Empty(Require(Entry(), _ => throw new InvalidOperationException(), null).Notes);
    }

    [Fact]
    public void What_a_process_left_that_was_killed_is_removed_and_nothing_else()
    {
        foreach (string left in new[] { "set.part/a", "set.0123.part/b/c", "other.0123.part/d", "set.png/e" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[left])!);
            File.WriteAllText(folder[left], "x");
        }

        File.WriteAllText(folder["set.0123.part.4567.tmp"], "x");

        Require(Entry(), to => Make(to, 1), null);

        Assert.Equal(["other.0123.part", "set", "set.lock", "set.png", "set.whole"], Names());
    }

    [Fact]
    public void Nothing_is_left_where_making_it_fails_and_the_next_one_makes_it()
    {
        Assert.Throws<CounterpoiseException>(() =>
            Require(
                Entry(),
                to =>
                {
                    Make(to, 2);
                    throw new CounterpoiseException("broken");
                },
                null
            )
        );

        Assert.Equal(["set.lock"], Names());
        Require(Entry(), to => Make(to, 2), null);
        Assert.Equal(2, Files());
    }

    [Fact]
    public void What_is_kept_of_the_entry_itself_does_not_count()
    {
        Require(Entry(), to => Make(to, 3), null);
        Directory.CreateDirectory(folder["set/.counterpoise"]);
        File.WriteAllText(folder["set/.counterpoise/images.pack"], "x");

        Require(Entry(), _ => throw new InvalidOperationException(), null);
    }

    [Fact]
    public void A_file_is_kept_like_a_folder()
    {
        var entry = new CacheEntry(folder["images.pack"], folder.Path, "");
        Require(
            entry,
            to =>
            {
                File.WriteAllText(to, "x");
                return [];
            },
            null
        );

        Require(entry, _ => throw new InvalidOperationException(), null);

        Assert.Equal(["images.pack", "images.pack.lock", "images.pack.whole"], Names());
        File.Delete(folder["images.pack.whole"]);
        CacheContent again = Require(
            entry,
            to =>
            {
                File.WriteAllText(to, "y");
                return [];
            },
            null
        );
        Assert.Equal("y", File.ReadAllText(folder["images.pack"]));
        Assert.Single(again.Notes);
    }

    [Fact]
    public void A_folder_that_people_see_is_not_replaced_and_taken_where_it_is_whole()
    {
        string records = folder[".counterpoise"];
        var entry = new CacheEntry(folder["set"], records, "");
        Make(folder["set"], 3);
        File.WriteAllText(folder["set/mine"], "x");

        var failure = Assert.Throws<CounterpoiseException>(() => Require(entry, to => Make(to, 3), null));

        Assert.Contains($"{folder["set"]}: found 4 files, expected the 3", failure.Message);
        Assert.True(File.Exists(folder["set/mine"]));
        File.Delete(folder["set/mine"]);
        Require(entry, to => Make(to, 3), null);
        Require(entry, _ => throw new InvalidOperationException(), null);
        Assert.Equal([".counterpoise", "set"], Names());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(100_000, 5)]
    [InlineData(100_000, 99_999)]
    [InlineData(1_000_000, 65_535)]
    [InlineData(1_000_000, 1_000_000 - 65_536)]
    [InlineData(1_000_000, 999_999)]
    public void A_file_of_the_same_length_and_time_is_another_where_its_beginning_or_end_differs(int length, int at)
    {
        DateTime written = DateTime.UtcNow.AddDays(-1);
        byte[] content = new byte[length];
        string before = Identity();
        Assert.Equal(before, Identity());

        content[at] = 1;

        Assert.NotEqual(before, Identity());

        string Identity()
        {
            File.WriteAllBytes(folder["file"], content);
            File.SetLastWriteTimeUtc(folder["file"], written);
            return CacheEntry.IdentityOf(folder["file"]);
        }
    }

    [Fact]
    public void Waiting_can_be_stopped()
    {
        using IDisposable held = CacheLock.Take(folder["set.lock"], () => { }, CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.ThrowsAny<OperationCanceledException>(() => Entry().Require(to => Make(to, 1), null, stop.Token));
    }

    private static CacheContent Require(
        CacheEntry entry,
        Func<string, IReadOnlyList<LeftOut>> make,
        IProgress<string>? messages
    ) => entry.Require(make, messages, TestContext.Current.CancellationToken);

    private CacheEntry Entry() => new(folder["set"], folder.Path, "Give the folder.");

    private static IReadOnlyList<LeftOut> Make(string to, int files, bool slowly = false)
    {
        Directory.CreateDirectory(Path.Combine(to, "below"));
        for (int i = 0; i < files; i++)
        {
            File.WriteAllText(Path.Combine(to, "below", $"{i}"), "x");
            if (slowly)
            {
                Thread.Sleep(5);
            }
        }

        return [];
    }

    private int Files() => Directory.GetFiles(folder["set"], "*", SearchOption.AllDirectories).Length;

    private IEnumerable<string> Names() =>
        Directory
            .GetFileSystemEntries(folder.Path)
            .Select(entry => Path.GetFileName(entry))
            .Order(StringComparer.Ordinal);
}
