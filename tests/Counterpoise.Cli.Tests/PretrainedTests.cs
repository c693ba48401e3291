using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Counterpoise.Interop;
using Counterpoise.Tests;
using Counterpoise.Tests.Data;
using Counterpoise.Tests.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Cli.Tests;

/// <summary><c>--pretrained NAME</c> as a user meets it, with a hub of the test's own.</summary>
public sealed class PretrainedTests : IDisposable
{
    private const string Token = "hf_thisIsASecret";
    private readonly TemporaryFolder folder = new();
    private readonly byte[] content;

    public PretrainedTests()
    {
        ImageSets.WriteFolder(folder["data"], ["a", "b", "c"], [6, 5, 4], test: 2);
        using var scope = NewDisposeScope();
        Safetensors.Write(
            folder["model"],
            TorchvisionNames
                .ResNet([2, 2, 2, 2])
                .ToDictionary(
                    pair => pair.Key,
                    pair =>
                        pair.Value.Length == 0 ? zeros([], ScalarType.Int64)
                        : pair.Value.Length == 1 ? ones(pair.Value)
                        : 0.02 * randn(pair.Value)
                )
        );
        content = File.ReadAllBytes(folder["model"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_fetched_once_recorded_by_its_hash_and_needs_no_network_afterwards()
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        string kept = Path.Combine(
            folder["cache"],
            "counterpoise",
            "pretrained",
            "timm",
            "resnet18.tv_in1k",
            $"{digest}.safetensors"
        );
        string address;
        using (var hub = new HubServer(content) { Token = Token })
        {
            address = hub.Address;
            ToolResult result = Train("run", address);
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains(
                $"the network starts from {address}timm/resnet18.tv_in1k/resolve/main/model.safetensors, which is fetched once",
                result.ToString()
            );
            Assert.Contains("pixels are normalised as is usual for ImageNet", result.ToString());
            Assert.Contains($"{kept}: the classifier (fc) is of another size or kind", result.ToString());
            Assert.DoesNotContain("Secret", result.ToString());
        }

        JsonNode run = JsonNode.Parse(File.ReadAllText(folder["run/run.json"]))!;
        Assert.Equal(digest, (string?)run["pretrained_sha256"]);
        Assert.Equal(0.485f, (float)run["mean"]![0]!);
        string recipe = File.ReadAllText(folder["run/recipe.toml"]);
        Assert.Contains("pretrained = \"resnet18\"", recipe);
        Assert.Contains("normalisation = \"imagenet\"", recipe);
        Assert.All(
            Directory.EnumerateFiles(folder["run"]).Where(file => Path.GetExtension(file).Length > 0),
            file => Assert.DoesNotContain("Secret", File.ReadAllText(file))
        );

        ToolResult offline = Train("again", address);
        Assert.True(offline.ExitCode == 0, offline.ToString());
        Assert.Contains($"kept as {kept}", offline.ToString());
        Assert.Equal((double?)Result("run")["accuracy"], (double?)Result("again")["accuracy"]);
    }

    [Fact]
    public void Without_a_network_it_says_what_to_do()
    {
        ToolResult result = Train("run", "http://127.0.0.1:9");
        Assert.Equal(1, result.ExitCode);
        string last = result.Error[^1];
        Assert.StartsWith(
            "error: http://127.0.0.1:9/timm/resnet18.tv_in1k/resolve/main/model.safetensors: could not be fetched: ",
            last
        );
        Assert.EndsWith("or give a file with --pretrained.", last);
        Assert.False(File.Exists(folder["run/run.json"]));
    }

    private JsonNode Result(string run) => JsonNode.Parse(File.ReadAllText(folder[$"{run}/result.json"]))!;

    private ToolResult Train(string run, string endpoint)
    {
        string[] arguments =
        [
            "train",
            .. new[] { "--data", folder["data"], "--output", folder[run], "--method", "erm", "--threads", "1" },
            .. new[] { "--model", "resnet18", "--pretrained", "resnet18", "--image-size", "32", "--epochs", "1" },
            .. new[] { "--batch-size", "8", "--set", "training.warmup=0", "--precision", "fp32" },
        ];
        using Tool tool = Tool.Start(
            arguments,
            environment: new Dictionary<string, string?>
            {
                ["HF_ENDPOINT"] = endpoint,
                ["HF_TOKEN"] = Token,
                ["XDG_CACHE_HOME"] = folder["cache"],
            }
        );
        return tool.Finish();
    }
}
