using System.Globalization;
using System.Text.Json.Nodes;
using Counterpoise.Interop.Onnx.Messages;
using Counterpoise.Results.Export;
using Counterpoise.Runs;
using Counterpoise.Tests;
using Counterpoise.Tests.Data;
using Google.Protobuf;
using SkiaSharp;

namespace Counterpoise.Cli.Tests;

/// <summary>A run on features of a frozen network, and what is made of it: export, predictions and tests.</summary>
public sealed class FeatureRunTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Frozen => folder["frozen.onnx"];

    private string Run => folder["runs/vectors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_pictures_is_predicted_as_the_run_was_tested()
    {
        Train(example.Data);
        string model = Export();
        string[] pictures =
        [
            .. Directory.GetFiles(Path.Combine(example.Data, "test"), "*.png", SearchOption.AllDirectories).Order(),
        ];

        AssertAsTested(model, pictures, path => Path.GetFileName(Path.GetDirectoryName(path)!));
        AssertAsTested(Run, pictures, path => Path.GetFileName(Path.GetDirectoryName(path)!));
        AssertEvaluatedAsTested();
        Assert.Equal("2", Metadata(model)["counterpoise_format"]);
        JsonObject other = Evaluate("--data", example.Data);
        Assert.Equal(18, (int)other["images"]!);
    }

    [Fact]
    public void A_set_of_a_size_of_its_own_is_predicted_as_the_run_was_tested()
    {
        ImageSets.WriteCifar(folder["cifar"], perClass: 2);
        Train(folder["cifar"]);
        string model = Export();
        string[] pictures = WritePictures();

        AssertAsTested(model, pictures, path => Path.GetFileNameWithoutExtension(path).Split('-')[0]);
        AssertAsTested(Run, pictures, path => Path.GetFileNameWithoutExtension(path).Split('-')[0]);
        AssertEvaluatedAsTested();
        IReadOnlyDictionary<string, string> metadata = Metadata(model);
        Assert.Equal(
            ("3", "8", "32", "32"),
            (metadata["counterpoise_format"], metadata["image_size"], metadata["stored_size"], metadata["resize"])
        );
    }

    [Fact]
    public void A_frozen_network_that_cannot_be_checked_is_predicted_with_if_it_is_trusted()
    {
        Train(example.Data, AddOddOperator);
        string model = Export();
        string picture = Directory.GetFiles(Path.Combine(example.Data, "test", "red"))[0];

        Refusals.AssertFailed(
            Tool.Run("predict", model, picture),
            "joint.onnx: the frozen network within it, 'frozen.onnx', cannot be checked",
            "'Softsign' is not one that classifiers are made of",
            "Give --trust-model"
        );
        ToolResult trusted = Tool.Run("predict", model, picture, "--trust-model");
        Assert.True(trusted is { ExitCode: 0, Error: [] }, trusted.ToString());
        Assert.Equal(Tool.Run("predict", Run, picture).Output, trusted.Output);

        static void AddOddOperator(ModelProto network)
        {
            var node = new NodeProto { OpType = "Softsign", Name = "last" };
            node.Input.Add(network.Graph.Output[0].Name);
            node.Output.Add("last");
            network.Graph.Node.Add(node);
            network.Graph.Output[0].Name = "last";
        }
    }

    [Fact]
    public void What_was_taken_from_where_is_said_and_kept()
    {
        WriteFrozen();
        File.WriteAllText(
            folder["preprocessor_config.json"],
            """{ "size": { "shortest_edge": 10 }, "crop_size": 8, "do_center_crop": true, "resample": 3, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5] }"""
        );

        ToolResult trained = TrainOn(example.Data);

        Assert.True(trained.ExitCode == 0, trained.ToString());
        Assert.Contains(
            $"{Frozen}: mean 0.5, 0.5, 0.5, deviation 0.5, 0.5, 0.5 from preprocessor_config.json; channels rgb from what is usual for ImageNet, as nothing else says it.",
            trained.Output
        );
        Assert.Contains(trained.Output, line => line.Contains("asks for resample 3, which is not done"));
        string recipe = File.ReadAllText(Path.Combine(Run, "recipe.toml"));
        Assert.Contains("resize = 10\nresize_rule = \"shorter-side\"", recipe, StringComparison.Ordinal);
        File.Delete(folder["preprocessor_config.json"]);
        Refusals.AssertFailed(
            Tool.Run("export", Run, "--onnx", folder["x.onnx"]),
            $"{Frozen} prepares images by 8 [",
            "was trained with 8 [0.5 0.5 0.5]"
        );
    }

    [Fact]
    public void Another_frozen_network_than_the_runs_is_refused()
    {
        Train(example.Data);
        ToolResult early = Tool.Run(
            "export",
            example.Run,
            "--onnx",
            Frozen,
            "--checkpoint",
            RunFiles.Checkpoint(example.Run, 2)
        );
        Assert.True(early.ExitCode == 0, early.ToString());
        string[] named = [Frozen, "is not what", Run, "its content has another SHA-256"];

        Refusals.AssertFailed(Tool.Run("export", Run, "--onnx", folder["x.onnx"]), named);
        Refusals.AssertFailed(Tool.Run("predict", Run, example.Data), named);
        Refusals.AssertFailed(Tool.Run("evaluate", Run), named);
        Refusals.AssertFailed(Tool.Run("evaluate", Run, "--data", example.Data), named);

        File.Delete(Frozen);
        Refusals.AssertWrongUsage(Tool.Run("export", Run, "--onnx", folder["x.onnx"]), Frozen, "there is no such file");
        Assert.False(File.Exists(folder["x.onnx"]));
    }

    private void Train(string data, Action<ModelProto>? change = null)
    {
        WriteFrozen(change);
        ToolResult trained = TrainOn(data);
        Assert.True(trained.ExitCode == 0, trained.ToString());
    }

    /// <summary>The classifier of another run serves as a frozen network.</summary>
    private void WriteFrozen(Action<ModelProto>? change = null)
    {
        ToolResult frozen = Tool.Run("export", example.Run, "--onnx", Frozen);
        Assert.True(frozen.ExitCode == 0, frozen.ToString());
        var network = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Frozen));
        change?.Invoke(network);
        File.WriteAllBytes(Frozen, network.ToByteArray());
    }

    private ToolResult TrainOn(string data) =>
        Tool.Run(
            "train",
            "--data",
            data,
            "--output",
            Run,
            "--features",
            Frozen,
            "--threads",
            "1",
            "--device",
            "cpu",
            "--epochs",
            "4",
            "--batch-size",
            "8",
            "--set",
            "training.warmup=1"
        );

    private string Export()
    {
        ToolResult result = Tool.Run("export", Run, "--onnx", folder["joint.onnx"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("within  frozen.onnx with its preparation, and the classifier of its features", result.Output[1]);
        Assert.Equal("input   pixels, uint8 [batch, 3, 8, 8]", result.Output[2]);
        return folder["joint.onnx"];
    }

    private void AssertAsTested(string model, string[] pictures, Func<string, string> classOf)
    {
        ToolResult result = Tool.Run(["predict", model, .. pictures, "--json", "--top", "1"]);
        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        JsonObject[] lines = [.. result.Output.Select(line => JsonNode.Parse(line)!.AsObject())];
        string[] classes = [.. RunHistory.Read(Run).Classes];
        JsonArray tested = RunFiles.Result(Run)["per_class_accuracy"]!.AsArray();
        for (int label = 0; label < classes.Length; label++)
        {
            JsonObject[] own = [.. lines.Where(line => classOf((string)line["image"]!) == classes[label])];
            int right = own.Count(line => (string)line["top"]![0]!["class"]! == classes[label]);
            Assert.Equal((double)tested[label]!, 100.0 * right / own.Length, 1e-9);
        }
    }

    private void AssertEvaluatedAsTested() =>
        Assert.Equal($"{RunFiles.Result(Run)["per_class_accuracy"]}", $"{Evaluate()["per_class_accuracy"]}");

    private JsonObject Evaluate(params string[] options)
    {
        ToolResult result = Tool.Run(["evaluate", Run, .. options, "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonNode.Parse(Assert.Single(result.Output))!.AsObject();
    }

    private static IReadOnlyDictionary<string, string> Metadata(string model) =>
        OnnxModel.Read(model).Classifier.ToMetadata();

    /// <summary>The test images of the small CIFAR-10 as files, their classes first in their names.</summary>
    private string[] WritePictures()
    {
        const int pixels = 32 * 32;
        string[] classes = [.. RunHistory.Read(Run).Classes];
        byte[] content = File.ReadAllBytes(folder["cifar/test_batch.bin"]);
        return
        [
            .. content
                .Chunk(1 + (3 * pixels))
                .Select(
                    (image, i) =>
                    {
                        string path = folder[$"{classes[image[0]]}-{i.ToString(CultureInfo.InvariantCulture)}.png"];
                        TestFiles.Write(
                            path,
                            32,
                            32,
                            (x, y) =>
                            {
                                int at = 1 + (32 * y) + x;
                                return new SKColor(image[at], image[at + pixels], image[at + (2 * pixels)]);
                            }
                        );
                        return path;
                    }
                ),
        ];
    }
}
