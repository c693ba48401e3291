using Counterpoise.Cli.Tests;

namespace Counterpoise.Package.Tests;

public sealed class PackageTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private const string Tool = "Counterpoise.Cli";

    /// <summary>The largest package that nuget.org takes.</summary>
    private const long Limit = 250_000_000;

    private static readonly string ToolForHere = $"{Tool}.{Built.RuntimeIdentifier}";

    [Theory]
    [InlineData("Counterpoise")]
    [InlineData("Counterpoise.Features")]
    [InlineData("Counterpoise.Report")]
    [InlineData("Counterpoise.Serving")]
    [InlineData("Counterpoise.Watch")]
    public void A_library_comes_with_its_documentation_and_licence(string id)
    {
        IReadOnlyList<string> files = feed.FilesOf(id);
        Assert.Contains($"lib/net10.0/{id}.dll", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);
        Assert.Contains("README.md", files);
        string description = feed.ReadFrom(id, $"{id}.nuspec");
        Assert.Contains("<license type=\"expression\">MIT</license>", description, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", description, StringComparison.Ordinal);
        if (id != "Counterpoise")
        {
            // It uses what is internal to the library.
            Assert.Matches(@"<dependency id=""Counterpoise"" version=""\[[\w.+-]+\]""", description);
        }

        Assert.True(File.Exists(Path.ChangeExtension(feed.Package(id).FullName, ".snupkg")));
    }

    [Fact]
    public void Nothing_but_libraries_and_the_tool_is_packed() =>
        Assert.All(
            Directory.EnumerateFiles(feed.Folder, "*.nupkg").Select(path => Path.GetFileName(path)),
            name =>
                Assert.False(
                    name.Contains("Tests", StringComparison.Ordinal)
                        || name.Contains("Benchmarks", StringComparison.Ordinal)
                        || !name.StartsWith("Counterpoise", StringComparison.Ordinal),
                    name
                )
        );

    [Fact]
    public void The_tool_is_small_enough_for_the_registry_and_holds_no_native_that_it_does_not_load()
    {
        Assert.InRange(feed.Package(ToolForHere).Length, 1, Limit);
        Assert.InRange(feed.Package(Tool).Length, 1, 100_000);
        IReadOnlyList<string> files = feed.FilesOf(ToolForHere);
        Assert.Contains(files, file => file.EndsWith("/LICENSE-LIBTORCH.txt", StringComparison.Ordinal));
        Assert.Contains(
            files,
            file => Path.GetFileNameWithoutExtension(file).EndsWith("torch_cpu", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(files, file => file.Contains("python", StringComparison.Ordinal));
        Assert.DoesNotContain(
            files,
            file => Path.GetFileNameWithoutExtension(file).EndsWith("_test", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_new_project_with_the_package_mixes_in_a_loop_of_its_own_and_trains_on_a_folder()
    {
        string project = feed["mine"];
        ImageSets.WriteFolder(feed["images"], ["blue", "green", "red"], [30, 16, 8]);
        Command.Dotnet("new", "console", "--output", project, "--no-restore");
        Command.Dotnet("add", project, "package", "Counterpoise", "--version", feed.Version, "--source", feed.Folder);
        Command.Dotnet(
            "add",
            project,
            "package",
            "TorchSharp-cpu",
            "--version",
            Built.TorchSharp,
            "--source",
            feed.Folder
        );

        // Nothing of the library runs before torch is touched, and yet it has to load.
        Assert.Contains(
            "3 ones",
            Run("Console.WriteLine($\"{TorchSharp.torch.ones(3).sum().item<float>()} ones\");"),
            StringComparison.Ordinal
        );
        Assert.Contains("rare class: ", Run(Sample("MixInYourLoop")), StringComparison.Ordinal);
        Assert.Contains(
            "balanced accuracy on test images: ",
            Run(Sample("TrainOnFolder"), feed["images"]),
            StringComparison.Ordinal
        );
        Assert.True(File.Exists(feed["runs/mine/result.json"]));

        static string Sample(string name) => File.ReadAllText(Built.SampleSource(name));

        string Run(string program, params string[] arguments)
        {
            File.WriteAllText(Path.Combine(project, "Program.cs"), program);
            string[] run = ["run", "--project", project, "-p:CreateHardLinksForCopyLocalIfPossible=true", "--"];
            return Command.Dotnet([.. run, .. arguments]);
        }
    }

    [Fact]
    public void A_program_with_the_package_of_features_has_the_frozen_network_beside_it()
    {
        string project = feed["vectors"];
        Command.Dotnet("new", "console", "--output", project, "--no-restore");
        string[] package = ["package", "Counterpoise.Features", "--version", feed.Version, "--source", feed.Folder];
        Command.Dotnet(["add", project, .. package]);
        File.WriteAllText(
            Path.Combine(project, "Program.cs"),
            """
            using Counterpoise.Data.Features;
            using Counterpoise.Features;

            using IFeatureExtractor network = FeatureExtractors.Open(FeatureExtractors.ResNet18, size: 64);
            float[] features = new float[network.Length];
            network.Extract(new byte[3 * 64 * 64], features);
            Console.WriteLine($"{features.Count(float.IsFinite)} features");
            """
        );

        Assert.Contains("512 features", Command.Dotnet("run", "--project", project), StringComparison.Ordinal);
        Assert.Contains("model/LICENSE", feed.FilesOf("Counterpoise.Features"));
        Assert.DoesNotContain(
            "OnnxRuntime",
            feed.ReadFrom("Counterpoise", "Counterpoise.nuspec"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_tool_is_installed_from_its_package_trains_exports_and_predicts()
    {
        string tools = feed["tools"];
        ImageSets.WriteFolder(feed["pictures"], ["blue", "green", "red"], [12, 6, 3]);
        Command.Dotnet(
            "tool",
            "install",
            Tool,
            "--tool-path",
            tools,
            "--version",
            feed.Version,
            "--source",
            feed.Folder
        );
        string counterpoise = Path.Combine(tools, "counterpoise");
        Assert.Matches(@"^\d+\.\d+\.\d+", Command.Run(counterpoise, "--version"));
        string[] small = ["--model", "resnet8", "--image-size", "8", "--threads", "1", "--output", "trained"];
        string[] quick = ["--set", "training.epochs=2", "--set", "training.batch_size=4", "--set", "training.warmup=1"];
        string said = Command.Run(counterpoise, ["train", "--data", "pictures", .. small, .. quick]);
        Assert.Contains("last of 2 epochs", said, StringComparison.Ordinal);
        Assert.True(File.Exists(feed["trained/result.json"]));
        Command.Run(counterpoise, "export", "trained", "--onnx", "model.onnx");
        string predicted = Command.Run(counterpoise, "predict", "model.onnx", "pictures", "--json");
        Assert.Equal(21 + (3 * 6), predicted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private Command Command => feed.Command;
}
