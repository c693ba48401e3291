using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Counterpoise.Interop;
using Counterpoise.Results.Export;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary><c>export</c>, and what <c>predict</c> and <c>serve</c> make of it.</summary>
public sealed class ExportTests(Example example) : IDisposable
{
    private const int SignalTerminate = 15;
    private readonly TemporaryFolder folder = new();

    private string TestImages => Path.Combine(example.Data, "test");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--fold-batch-norm")]
    [InlineData("--include-normalisation", "--include-softmax", "--opset", "21")]
    public void An_exported_classifier_is_as_accurate_as_the_run(params string[] options)
    {
        string model = Export(options);
        JsonObject[] predictions = Predict(model, TestImages, "--top", "1");

        JsonObject result = RunFiles.Result(example.Run);
        Assert.Equal(18, predictions.Length);
        for (int label = 0; label < example.Classes.Count; label++)
        {
            string[] named =
            [
                .. predictions
                    .Where(line =>
                        ((string)line["image"]!).Contains($"/{example.Classes[label]}/", StringComparison.Ordinal)
                    )
                    .Select(line => (string)line["top"]![0]!["class"]!),
            ];
            double accuracy = 100.0 * named.Count(name => name == example.Classes[label]) / named.Length;
            Assert.Equal((double)result["per_class_accuracy"]![label]!, accuracy, 1e-9);
        }
    }

    [Fact]
    public void A_run_predicts_what_its_export_predicts()
    {
        JsonObject[] exported = Predict(Export(), TestImages);
        JsonObject[] own = Predict(example.Run, TestImages);

        Assert.Equal(exported.Length, own.Length);
        for (int i = 0; i < own.Length; i++)
        {
            Assert.Equal((string)exported[i]["image"]!, (string)own[i]["image"]!);
            for (int place = 0; place < 3; place++)
            {
                JsonNode one = exported[i]["top"]![place]!;
                JsonNode other = own[i]["top"]![place]!;
                Assert.Equal((string)one["class"]!, (string)other["class"]!);
                Assert.Equal((double)one["probability"]!, (double)other["probability"]!, 1e-4);
            }
        }
    }

    [Fact]
    public void A_checkpoint_can_be_exported_and_says_what_it_is()
    {
        string path = folder["early.onnx"];
        ToolResult result = Tool.Run(
            "export",
            example.Run,
            "--onnx",
            path,
            "--checkpoint",
            RunFiles.Checkpoint(example.Run, 2)
        );

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("input   image, normalised float32 [batch, 3, 8, 8]", result.Output[1]);
        Assert.Equal("output  logits, float32 [batch, 3]", result.Output[2]);
        var model = OnnxModel.Read(path);
        Assert.Equal(example.Classes, model.Classifier.Classes);
        Assert.Equal(example.Counts, model.Classifier.ClassCounts);
        Assert.Equal("mfw+drw", model.Classifier.Methods);
        Assert.NotEqual(File.ReadAllBytes(Export()), File.ReadAllBytes(path));
    }

    [Fact]
    public void The_prior_of_deferred_reweighting_is_that_of_its_weights()
    {
        var model = OnnxModel.Read(Export());
        double[] weights = Methods.ClassBalanced.Weights(example.Counts, 0.9999);
        double[] shares = [.. example.Counts.Zip(weights, (count, weight) => count * weight)];
        for (int label = 0; label < shares.Length; label++)
        {
            Assert.Equal(shares[label] / shares.Sum(), model.Classifier.Prior[label], 1e-9);
        }
    }

    [Fact]
    public void Safetensors_have_the_parameters_and_the_description()
    {
        string path = folder["x.safetensors"];
        ToolResult result = Tool.Run("export", example.Run, "--safetensors", path);

        Assert.True(result.ExitCode == 0, result.ToString());
        using SafetensorsFile file = Safetensors.Read(path);
        Assert.Equal([3, 64], file.Tensors["linear.weight"].shape);
        Assert.Contains("layer3.0.bn1.running_mean", file.Tensors.Keys);
        Assert.Equal("""["blue","green","red"]""", file.Metadata["classes"]);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_and_nothing_is_left()
    {
        Refusals.AssertWrongUsage(Tool.Run("export", example.Run), "--onnx or --safetensors");
        Refusals.AssertWrongUsage(
            Tool.Run("export", example.Run, "--onnx", folder["x.onnx"], "--opset", "99"),
            "opset is 99, expected 17 to 23"
        );
        Refusals.AssertFailed(
            Tool.Run("export", example.Run, "--onnx", folder["none/x.onnx"]),
            "its folder does not exist"
        );
        Refusals.AssertFailed(Tool.Run("export", folder["none"], "--onnx", folder["x.onnx"]), "does not exist");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Unreadable_images_are_reported_and_skipped_with_a_line_each()
    {
        string model = Export();
        Directory.CreateDirectory(folder["images/deep"]);
        File.Copy(Directory.GetFiles(Path.Combine(TestImages, "red"))[0], folder["images/deep/a.PNG"]);
        File.WriteAllText(folder["images/b.jpg"], "no image");
        File.WriteAllText(folder["images/notes.txt"], "not looked at");

        ToolResult json = Tool.Run("predict", model, folder["images"], folder["none.png"], "--json");

        Assert.True(json.ExitCode == 0, json.ToString());
        JsonObject[] lines = [.. json.Output.Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(
            [folder["images/b.jpg"], folder["images/deep/a.PNG"], folder["none.png"]],
            lines.Select(line => (string)line["image"]!)
        );
        Assert.Equal([true, false, true], lines.Select(line => line.ContainsKey("error")));
        Assert.Contains("2 of 3 images could not be read", json.Error);

        ToolResult csv = Tool.Run("predict", model, folder["images"], "--csv", "--top", "2");
        Assert.Equal("image,class_1,probability_1,class_2,probability_2,error", csv.Output[0]);
        Assert.Equal(
            $"{folder["images/b.jpg"]},,,,,\"it is text, not an image: remove it, or download the image again\"",
            csv.Output[1]
        );
        Assert.Equal(3, csv.Output.Count);

        ToolResult table = Tool.Run("predict", model, folder["images"]);
        Assert.EndsWith(folder["images/deep/a.PNG"], Assert.Single(table.Output), StringComparison.Ordinal);

        ToolResult none = Tool.Run("predict", model, folder["images/b.jpg"]);
        Assert.Equal(1, none.ExitCode);
    }

    [Fact]
    public void Wrong_usage_of_predict_is_refused()
    {
        string model = Export();
        Directory.CreateDirectory(folder["empty"]);
        Refusals.AssertWrongUsage(Tool.Run("predict", model, folder["empty"]), "no images in", folder["empty"]);
        Refusals.AssertWrongUsage(
            Tool.Run("predict", model, TestImages, "--top", "0"),
            "--top is 0, expected 1 or more"
        );
        Refusals.AssertWrongUsage(Tool.Run("predict", model, TestImages, "--csv", "--json"), "--csv and --json");
        Refusals.AssertWrongUsage(
            Tool.Run("predict", model, TestImages, "--prior", "none"),
            "expected balanced, training or a CSV file"
        );
        Refusals.AssertFailed(Tool.Run("predict", folder["none.onnx"], TestImages), "none.onnx", "does not exist");
        File.WriteAllText(folder["text.onnx"], "no model");
        Refusals.AssertFailed(Tool.Run("predict", folder["text.onnx"], TestImages), "no ONNX model, or damaged");
    }

    [Fact]
    public async Task Serve_answers_until_it_is_asked_to_stop()
    {
        string model = Export();
        File.WriteAllText(folder["key"], "a secret of many characters\n");
        using var served = Tool.Start([
            "serve",
            model,
            "--port",
            "0",
            "--threads",
            "1",
            "--api-key-file",
            folder["key"],
        ]);
        string address = "";
        Assert.True(
            served.WaitUntil(() =>
            {
                address = served.Said("serving")?.Split(" at ")[1] ?? "";
                return address.Length > 0;
            })
        );
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "a secret of many characters"
        );
        string image = Directory.GetFiles(Path.Combine(TestImages, "red"))[0];
        using var content = new ByteArrayContent(File.ReadAllBytes(image));
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        CancellationToken stop = TestContext.Current.CancellationToken;
        using HttpResponseMessage response = await client.PostAsync(address, content, stop);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))!;

        JsonNode wanted = Predict(model, image)[0]["top"]![0]!;
        JsonNode found = answer["predictions"]![0]!["top"]![0]!;
        Assert.Equal((string)wanted["class"]!, (string)found["class"]!);
        Assert.Equal((double)wanted["probability"]!, (double)found["probability"]!, 1e-4);

        served.Signal(SignalTerminate);
        ToolResult result = served.Finish();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("a secret", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Serve_refuses_what_would_be_unsafe()
    {
        string model = Export();
        Refusals.AssertWrongUsage(
            Tool.Run("serve", model, "--host", "0.0.0.0"),
            "which other machines can reach",
            "--api-key-file"
        );
        Refusals.AssertFailed(Tool.Run("serve", model, "--api-key-file", folder["none"]), "none", "could not be read");
        Refusals.AssertWrongUsage(Tool.Run("serve", model, "--max-body", "0"), "--max-body is 0, expected 1");
    }

    private string Export(params string[] options)
    {
        string path = folder[$"{Guid.NewGuid():N}.onnx"];
        ToolResult result = Tool.Run(["export", example.Run, "--onnx", path, .. options]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return path;
    }

    private static JsonObject[] Predict(string model, params string[] images)
    {
        ToolResult result = Tool.Run(["predict", model, .. images, "--json"]);
        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        return [.. result.Output.Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
