using Counterpoise.Data;

namespace Counterpoise.Tests.Data;

public sealed class PathTableTests
{
    [Theory]
    [InlineData("/data/a/1.jpg", "/data/a/10.jpg", "/data/b/1.jpg")]
    [InlineData("/data/a", "/data/a", "/data/ab")]
    [InlineData("x")]
    [InlineData("", "/a")]
    [InlineData("/Übung/日本.png", "/Übung/日木.png")]
    [InlineData("/😀.png", "/😁.png")] // They differ within one character of two UTF-16 units.
    [InlineData]
    public void Gives_back_what_was_put_in(params string[] paths)
    {
        var table = new PathTable(paths);

        Assert.Equal(paths, Enumerable.Range(0, table.Count).Select(index => table[index]));
    }

    [Fact]
    public void Takes_little_more_than_the_ends_of_the_paths()
    {
        string[] paths =
        [
            .. Enumerable.Range(0, 20_000).Select(i => $"/a/folder/somewhere/on/a/disk/class/{i:D6}.jpg"),
        ];

        long before = GC.GetAllocatedBytesForCurrentThread();
        var table = new PathTable(paths);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(paths.Length, table.Count);
        Assert.InRange(taken, 13 * paths.Length - 1000, 13 * paths.Length + 1000); // "000000.jpg" loses its first digit: 9 bytes, and 4 for where it begins.
    }
}
