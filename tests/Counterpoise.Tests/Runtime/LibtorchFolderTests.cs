using Counterpoise.Basics;
using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

public sealed class LibtorchFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("2.10.0", true)]
    [InlineData("2.10.0+cpu", true)]
    [InlineData("2.11.0+cu130", true)]
    [InlineData("2.12.1.dev20260801", true)]
    [InlineData("2.9.1", false)]
    [InlineData("2.13.0", false)]
    [InlineData("1.13.0a0", false)]
    [InlineData("3.0", false)]
    [InlineData("2", false)]
    [InlineData("new", false)]
    [InlineData("99999999999.1", false)]
    public void Versions_of_which_TorchSharp_knows_the_functions_are_accepted(string version, bool isAccepted) =>
        Assert.Equal(isAccepted, LibtorchFolder.IsAccepted(version));

    [Fact]
    public void The_folder_of_Python_s_torch_is_read_by_its_version_file()
    {
        Write("torch/lib/libtorch_cpu.so", StandIn.Named("libtorch_cpu.so"));
        Write("torch/lib/libtorch_cuda.so", []);
        Write(
            "torch/version.py",
            "from typing import Optional\n\n__version__ = '2.11.0+cu130'\ncuda: Optional[str] = '13.0'\n"u8
        );

        var expected = new LibtorchFolder(folder["torch/lib"], "2.11.0+cu130", HasCuda: true);
        Assert.Equal(expected, LibtorchFolder.Of(folder["torch"]));
        Assert.Equal(expected, LibtorchFolder.Of(folder["torch/lib/"]));
    }

    [Fact]
    public void The_folder_of_libtorch_s_archive_is_read_by_its_version_file()
    {
        Write("libtorch/lib/libtorch_cpu.so", StandIn.Named("libtorch_cpu.so"));
        Write("libtorch/build-version", "2.10.0+cpu\n"u8);

        Assert.Equal(
            new LibtorchFolder(folder["libtorch/lib"], "2.10.0+cpu", HasCuda: false),
            LibtorchFolder.Of(folder["libtorch"])
        );
    }

    [Fact]
    public void Another_version_is_refused_with_what_was_found_and_what_is_expected()
    {
        Write("torch/version.py", "__version__ = '1.13.0a0'\ndebug = False\ncuda = None\n"u8);
        Directory.CreateDirectory(folder["torch/lib"]); // Without libraries that are called as they are today.

        AssertRefused(folder["torch/lib"], "1.13.0a0", "expected libtorch 2.10 to 2.12", "unset COUNTERPOISE_LIBTORCH");
    }

    [Fact]
    public void A_folder_without_libtorch_and_no_folder_are_refused()
    {
        AssertRefused(folder.Path, "holds no libtorch", "libtorch_cpu.so");
        AssertRefused(folder["nowhere"], "there is no folder");
    }

    [Fact]
    public void One_for_another_processor_is_refused()
    {
        Write("libtorch_cpu.so", StandIn.Named("libtorch_cpu.so", machine: 22));

        AssertRefused(folder.Path, "is for s390x, and this process is for");
    }

    [Fact]
    public void What_is_no_library_is_refused()
    {
        Write("libtorch_cpu.so", "version https://git-lfs.github.com/spec/v1"u8);

        AssertRefused(folder.Path, "libtorch_cpu.so in", "cannot be read");
    }

    [Fact]
    public void One_that_lacks_what_TorchSharp_calls_is_refused_with_a_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries are those of Linux.");
        Write("libtorch_cpu.so", StandIn.Named("libtorch_cpu.so"));

        AssertRefused(folder.Path, "without a version file", "lacks 1", "libLibTorchSharp.so needs, such as _Z");
    }

    [Fact]
    public void A_second_libtorch_in_the_process_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries are those of Linux.");
        _ = TorchSharp.torch.get_num_threads(); // Loads the one beside the tests.
        Write("libtorch_cpu.so", StandIn.Named("libtorch_cpu.so"));

        string said = Assert.Throws<UsageException>(() => Libtorch.Take(folder.Path)).Message;

        Assert.Contains($"COUNTERPOISE_LIBTORCH names the libtorch of {folder.Path}", said, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"), said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_one_that_is_loaded_already_may_be_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries are those of Linux.");
        _ = TorchSharp.torch.get_num_threads();

        Libtorch taken = Libtorch.Take(AppContext.BaseDirectory);

        Assert.Equal("COUNTERPOISE_LIBTORCH", taken.Origin);
        Assert.Equal("beside the program", Libtorch.Take(null).Origin);
        Assert.Equal("libtorch beside the program", Libtorch.Take("").Description);
    }

    private static void AssertRefused(string given, params string[] named)
    {
        UsageException refused = Assert.Throws<UsageException>(() =>
            LibtorchFolder
                .Of(given)
                .Require("COUNTERPOISE_LIBTORCH", Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"))
        );
        Assert.StartsWith("COUNTERPOISE_LIBTORCH: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Contains(given.TrimEnd('/'), refused.Message, StringComparison.Ordinal);
        Assert.All(named, text => Assert.Contains(text, refused.Message, StringComparison.Ordinal));
    }

    private void Write(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], content);
    }
}
