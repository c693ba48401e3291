using Counterpoise.Basics;

namespace Counterpoise.Tests.Basics;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_replaced_and_nothing_else_is_left()
    {
        AtomicFile.WriteText(folder["a"], "old");
        AtomicFile.WriteText(folder["a"], "new \u00e9");
        Assert.Equal("new \u00e9"u8.ToArray(), File.ReadAllBytes(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        AtomicFile.WriteText(folder["a"], "old");
        Assert.Throws<ArithmeticException>(() =>
            AtomicFile.Write(
                folder["a"],
                stream =>
                {
                    stream.WriteByte(1);
                    throw new ArithmeticException();
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_is_there_until_the_new_one_is_complete()
    {
        AtomicFile.WriteText(folder["a"], "old");
        AtomicFile.Write(
            folder["a"],
            stream =>
            {
                stream.Write("new"u8);
                stream.Flush();
                Assert.Equal("old", File.ReadAllText(folder["a"]));
            }
        );
        Assert.Equal("new", File.ReadAllText(folder["a"]));
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_the_old_file()
    {
        using var disk = new FullDisk();
        AtomicFile.WriteText(disk["a"], "old");
        string message = Assert
            .Throws<CounterpoiseException>(() => AtomicFile.WriteText(disk["a"], new string('x', 1 << 20)))
            .Message;
        Assert.Equal($"{disk["a"]}: could not be written: the disk is full. Free some space, then run again.", message);
        Assert.Equal("old", File.ReadAllText(disk["a"]));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(disk["a"])!));
    }

    [Theory]
    [InlineData("missing/a", "its folder does not exist")]
    [InlineData("file/a", "could not be written")]
    [InlineData("folder", "could not be written")]
    public void A_place_that_cannot_be_written_is_named(string name, string reason)
    {
        File.WriteAllText(folder["file"], "");
        Directory.CreateDirectory(folder["folder"]);
        string message = Assert.Throws<CounterpoiseException>(() => AtomicFile.WriteText(folder[name], "text")).Message;
        Assert.StartsWith(folder[name], message);
        Assert.Contains(reason, message);
        Assert.Equal(["file"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_read_only_folder_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is on Linux only.");
        string message = Assert.Throws<CounterpoiseException>(() => AtomicFile.WriteText("/proc/a", "text")).Message;
        Assert.StartsWith("/proc/a: could not be written", message);
    }
}
