using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

public sealed class ElfFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_libtorch_beside_the_tests_defines_what_TorchSharp_needs()
    {
        (ElfFile caller, ElfFile main, ElfFile core) = Real();

        Assert.Equal(62, main.Machine);
        Assert.InRange(caller.Needed().Count(), 1000, 2000);
        Assert.All(caller.Needed(), name => Assert.StartsWith("_Z", name, StringComparison.Ordinal)); // C++'s.
        Assert.Empty(LibtorchFolder.Missing(caller.Needed(), [main, core]));
        Assert.NotEmpty(LibtorchFolder.Missing(caller.Needed(), [main]));
    }

    [Fact]
    public void A_library_without_symbols_defines_and_needs_nothing()
    {
        File.WriteAllBytes(folder["libempty.so"], StandIn.Named("libempty.so", machine: 183));

        var empty = new ElfFile(folder["libempty.so"]);

        Assert.Equal(183, empty.Machine);
        Assert.Equal("arm64", ElfFile.NameOf(empty.Machine));
        Assert.Equal(["wanted"], LibtorchFolder.Missing(["wanted"], [empty]));
        Assert.Empty(empty.Needed());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(1_000_000)]
    public void A_library_that_was_cut_off_is_refused(int length)
    {
        byte[] whole = File.ReadAllBytes(Beside("libLibTorchSharp.so"));
        File.WriteAllBytes(folder["cut.so"], whole[..length]);

        Assert.Throws<InvalidDataException>(() => new ElfFile(folder["cut.so"]));
    }

    [Fact]
    public void A_damaged_library_is_refused_or_read_but_nothing_else()
    {
        byte[] whole = File.ReadAllBytes(Beside("libc10.so"));
        var random = new Random(1);
        for (int i = 0; i < 50; i++)
        {
            byte[] damaged = [.. whole];
            for (int n = 0; n < 20; n++)
            {
                // The header, and the sections at the end.
                int at = n % 2 == 0 ? random.Next(64) : damaged.Length - 1 - random.Next(2000);
                damaged[at] = (byte)random.Next(256);
            }

            File.WriteAllBytes(folder["damaged.so"], damaged);
            try
            {
                var read = new ElfFile(folder["damaged.so"]);
                _ = LibtorchFolder.Missing(read.Needed(), [read]);
            }
            catch (InvalidDataException) { }
        }
    }

    [Fact]
    public void Text_is_refused()
    {
        File.WriteAllText(folder["text.so"], new string('x', 1000));

        Assert.Throws<InvalidDataException>(() => new ElfFile(folder["text.so"]));
    }

    private static (ElfFile Caller, ElfFile Main, ElfFile Core) Real() =>
        (
            new ElfFile(Beside("libLibTorchSharp.so")),
            new ElfFile(Beside("libtorch_cpu.so")),
            new ElfFile(Beside("libc10.so"))
        );

    private static string Beside(string file)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries are those of Linux.");
        return Path.Combine(AppContext.BaseDirectory, file);
    }
}
