using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class JsonTests(Example example)
{
    [Fact]
    public void Training_writes_an_object_an_epoch_and_the_result_last()
    {
        JsonObject[] lines = Objects(example.Finished);

        Assert.Equal(["epoch", "epoch", "epoch", "finished"], lines.Select(line => (string?)line["event"]));
        Assert.Equal([1, 2, 3], lines[..3].Select(line => (int)line["epoch"]!));
        Assert.All(lines, line => Assert.True((double)line["images_per_second"]! > 0));
        JsonObject finished = lines[^1];
        Assert.Equal(example.Run, (string?)finished["run"]);
        Assert.Equal("mfw+drw", (string?)finished["method"]);
        Assert.Equal(3, finished["per_class_accuracy"]!.AsArray().Count);
        double[] perClass = [.. finished["per_class_accuracy"]!.AsArray().Select(accuracy => (double)accuracy!)];
        Assert.Equal(perClass.Average(), (double)finished["balanced_accuracy"]!, 1e-9);
        Assert.Equal(perClass.Average(), (double)finished["accuracy"]!, 1e-9); // The test classes are equally large.
        Assert.Equal([40, 14, 6], finished["class_counts"]!.AsArray().Select(count => (int)count!));
    }

    [Fact]
    public void Methods_are_an_array_with_names()
    {
        JsonObject[] methods = Array("methods");

        string names =
            "erm class-balanced drw ldam focal mixup manifold-mixup remix cdt seql crt lws tau-norm post-hoc-adjustment bbn oltr "
            + "de-confound de-confound-tde mfw balanced-softmax logit-adjustment class-aware square-root nearest-mean lda";
        Assert.Equal(names.Split(' '), methods.Select(method => (string?)method["name"]));
        Assert.All(methods, method => Assert.NotEmpty((string?)method["summary"] ?? ""));
    }

    [Fact]
    public void Models_are_an_array_with_parameters_and_stages()
    {
        JsonObject resnet32 = Array("models").Single(model => (string?)model["name"] == "resnet32");

        Assert.Equal(464154, (int)resnet32["parameters"]!);
        Assert.Equal(["input", "layer1", "layer2", "layer3"], resnet32["stages"]!.AsArray().Select(s => (string?)s));
    }

    [Fact]
    public void Runs_are_an_object_a_run_and_one_that_cannot_be_read_says_why()
    {
        using var folder = new TemporaryFolder();
        RunFiles.Copy(example.Run, folder["a/finished"]);
        example.CopyUnfinished(folder["b"]);
        RunFiles.Copy(example.Run, folder["c"]);
        File.WriteAllText(folder["c/run.json"], "{");

        JsonObject[] runs = Objects(Tool.Run("runs", folder.Path, "--json"));

        Assert.Equal([folder["a/finished"], folder["b"], folder["c"]], runs.Select(run => (string?)run["run"]));
        Assert.Equal("finished", (string?)runs[0]["state"]);
        Assert.Equal(RunFiles.Result(example.Run)["accuracy"]!.ToJsonString(), runs[0]["accuracy"]!.ToJsonString());
        Assert.Equal("unfinished", (string?)runs[1]["state"]);
        Assert.Equal(3, (int)runs[1]["epochs"]!);
        Assert.Contains("c/run.json: damaged", (string?)runs[2]["state"]);
    }

    [Fact]
    public void Data_is_inspected_into_one_object()
    {
        JsonObject inspected = Assert.Single(Objects(Tool.Run("data", "inspect", example.Data, "--json")));

        Assert.Equal(example.Classes, inspected["classes"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(example.Counts, inspected["train_counts"]!.AsArray().Select(count => (int)count!));
        Assert.Equal([6, 6, 6], inspected["test_counts"]!.AsArray().Select(count => (int)count!));
        Assert.Equal(40 / 6.0, (double)inspected["rho"]!, 1e-9);
        Assert.Equal([8, 8], inspected["largest"]!.AsArray().Select(size => (int)size!));
    }

    [Fact]
    public void A_dry_run_is_one_object()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];

        JsonObject planned = Assert.Single(Objects(Tool.Run([.. example.Train(run), "--dry-run", "--json"])));

        Assert.Equal("dry_run", (string?)planned["event"]);
        Assert.Equal(File.ReadAllText(Path.Combine(example.Run, "recipe.toml")), (string?)planned["recipe"]);
        Assert.Equal(example.Counts, planned["class_counts"]!.AsArray().Select(count => (int)count!));
        double images = example.Counts.Sum() * Example.Epochs;
        Assert.Equal(images / (double)planned["images_per_second"]!, (double)planned["seconds"]!, 0.01);
        Assert.InRange((double)planned["peak_memory_mb"]!, 10, 10_000);
        Assert.Empty(planned["never_acts"]!.AsArray());
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void What_never_acts_is_in_the_object_and_told_before_training()
    {
        using var folder = new TemporaryFolder();
        string[] command = [.. example.Train(folder["run"]), "--set", "drw.start=1"];
        const string line = "drw never acts: it begins after epoch 3, 1 of them (drw.start), and 3 epochs are trained.";

        JsonObject planned = Assert.Single(Objects(Tool.Run([.. command, "--dry-run", "--json"])));
        ToolResult trained = Tool.Run(command);

        Assert.Equal([line], planned["never_acts"]!.AsArray().Select(said => (string?)said));
        Assert.Single(trained.Output, line);
        Assert.True(
            trained.Output.ToList().IndexOf(line)
                < trained.Output.ToList().FindIndex(said => said.StartsWith("epoch", StringComparison.Ordinal))
        );
    }

    private static JsonObject[] Array(string verb)
    {
        ToolResult result = Tool.Run(verb, "--json");
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. JsonNode.Parse(result.OutputText)!.AsArray().Select(item => item!.AsObject())];
    }

    /// <summary>Every line of standard output, which must be an object.</summary>
    private static JsonObject[] Objects(ToolResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. result.Output.Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
