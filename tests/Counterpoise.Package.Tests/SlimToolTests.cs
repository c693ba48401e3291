using Counterpoise.Tests;

namespace Counterpoise.Package.Tests;

/// <summary>The tool with its own .NET and without libtorch, as somebody has it who brings a libtorch.</summary>
public sealed class SlimToolTests : IDisposable
{
    private const long Limit = 200_000_000;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_small_and_trains_with_the_libtorch_that_it_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slim is for Linux.");
        Publish(folder["slim"]);
        string[] files = [.. Directory.EnumerateFiles(folder["slim"]).Select(path => Path.GetFileName(path))];
        Assert.Contains("libLibTorchSharp.so", files);
        Assert.DoesNotContain(files, file => file.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.DoesNotContain("LICENSE-LIBTORCH.txt", files);
        Assert.InRange(new DirectoryInfo(folder["slim"]).EnumerateFiles().Sum(file => file.Length), 1, Limit);

        string libtorch = Path.Combine(
            Directory.EnumerateDirectories(Built.Libtorch).Single(),
            "runtimes",
            Built.RuntimeIdentifier,
            "native"
        );
        var command = new Command(folder.Path)
        {
            Environment = new Dictionary<string, string?>
            {
                ["COUNTERPOISE_LIBTORCH"] = libtorch,
                ["DOTNET_ROOT"] = null,
                ["PATH"] = "/usr/bin:/bin",
            },
        };
        string[] small = ["--data", "synthetic", "--model", "resnet8", "--epochs", "1", "--threads", "1"];

        string said = command.Run(Path.Combine(folder["slim"], "Counterpoise.Cli"), ["train", .. small]);

        Assert.Contains($"by libtorch of {libtorch} (COUNTERPOISE_LIBTORCH)", said, StringComparison.Ordinal);
        Assert.Contains("last of 1 epochs", said, StringComparison.Ordinal);
    }

    /// <summary>As docs/library.md has it; what it is made of was restored and built before.</summary>
    private static void Publish(string target) =>
        new Command(Built.Repository).Dotnet(
            "publish",
            "src/Counterpoise.Cli",
            "-c",
            Built.Configuration,
            "-r",
            Built.RuntimeIdentifier,
            "--self-contained",
            "-p:Slim=true",
            "-p:BuildProjectReferences=false",
            "-p:RunAnalyzers=false",
            "--no-restore",
            "-o",
            target
        );
}
