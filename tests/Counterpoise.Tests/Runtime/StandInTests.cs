using System.Runtime.InteropServices;
using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

public sealed class StandInTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_library_that_bears_a_path_is_what_the_system_finds_there()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "The library is one of Linux on x64."
        );
        string path = folder["libnothing.so"];
        File.WriteAllText(path, "no library");
        Assert.False(NativeLibrary.TryLoad(path, out _));

        nint handle = NativeLoading.LoadFromMemory("nothing", StandIn.Named(path));

        Assert.NotEqual(0, handle);
        Assert.True(NativeLibrary.TryLoad(path, out nint found));
        Assert.Equal(handle, found);
        Assert.False(NativeLibrary.TryLoad(folder["libother.so"], out _));
    }
}
