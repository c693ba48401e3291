using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class EvaluateTests(Example example)
{
    private static readonly string[] Accuracies =
    [
        "accuracy",
        "balanced_accuracy",
        "many_accuracy",
        "medium_accuracy",
        "few_accuracy",
        "per_class_accuracy",
    ];

    [Fact]
    public void A_finished_run_is_as_accurate_as_its_result_says()
    {
        JsonObject evaluated = Evaluate(example.Run);

        Assert.Equal(Of(RunFiles.Result(example.Run)), Of(evaluated));
        Assert.Equal(18, (int)evaluated["images"]!);
    }

    [Fact]
    public void An_unfinished_run_is_evaluated_at_its_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        example.CopyUnfinished(folder["run"]);
        string[] before = Directory.GetFiles(folder["run"], "*", SearchOption.AllDirectories);

        JsonObject evaluated = Evaluate(folder["run"]);

        Assert.Equal(Of(RunFiles.Metrics(example.Run)[1]), Of(evaluated));
        Assert.Equal(before, Directory.GetFiles(folder["run"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_named_checkpoint_is_evaluated()
    {
        JsonObject evaluated = Evaluate(example.Run, "--checkpoint", RunFiles.Checkpoint(example.Run, 2));

        Assert.Equal(Of(RunFiles.Metrics(example.Run)[1]), Of(evaluated));
    }

    [Fact]
    public void A_run_without_a_checkpoint_says_how_to_go_on()
    {
        using var folder = new TemporaryFolder();
        example.CopyUnfinished(folder["run"]);
        File.Delete(RunFiles.Checkpoint(folder["run"], 2));

        Refusals.AssertFailed(Tool.Run("evaluate", folder["run"]), folder["run"], "counterpoise resume");
    }

    [Fact]
    public void Data_of_other_classes_is_refused()
    {
        using var folder = new TemporaryFolder();
        ImageSets.WriteFolder(folder["data"], ["blue", "green", "yellow"], [2, 2, 2]);

        Refusals.AssertFailed(
            Tool.Run("evaluate", example.Run, "--data", folder["data"]),
            folder["data"],
            "'yellow', which the run was not trained on",
            "blue, green, red"
        );
    }

    [Fact]
    public void Other_images_of_the_same_classes_are_evaluated_and_named()
    {
        using var folder = new TemporaryFolder();
        ImageSets.WriteFolder(folder["data"], example.Classes, [2, 2, 2], test: 2);

        ToolResult result = Tool.Run("evaluate", example.Run, "--data", folder["data"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(
            result.Output,
            line =>
                line.StartsWith(example.Run, StringComparison.Ordinal)
                && line.EndsWith($".safetensors on the 6 test images of {folder["data"]}", StringComparison.Ordinal)
        );
        Assert.All(
            example.Classes,
            name => Assert.Contains(result.Output, line => line.StartsWith($"{name} ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Data_without_parts_is_tested_on_whole_whatever_classes_it_has()
    {
        using var folder = new TemporaryFolder();
        ImageSets.WriteFolder(folder["data"], example.Classes, [3, 1, 2], test: 4);

        JsonObject all = Evaluate(example.Run, "--data", folder["data/train"]);
        Assert.Equal(6, (int)all["images"]!);

        // A test folder alone, and one that lacks a class: its images are still of the run's classes.
        Directory.Delete(folder["data/train"], recursive: true);
        Directory.Delete(folder["data/test/blue"], recursive: true);
        JsonObject few = Evaluate(example.Run, "--data", folder["data"]);
        Assert.Equal(8, (int)few["images"]!);
        JsonArray accuracies = few["per_class_accuracy"]!.AsArray();
        Assert.Null(accuracies[0]);
        Assert.All(accuracies.Skip(1), Assert.NotNull);

        ToolResult own = Tool.Run("evaluate", example.Run, "--exclude", "red");
        Refusals.AssertWrongUsage(own, "the run's own data is read as it was in training");
    }

    private static JsonObject Evaluate(params string[] arguments)
    {
        ToolResult result = Tool.Run(["evaluate", .. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonNode.Parse(Assert.Single(result.Output))!.AsObject();
    }

    private static IEnumerable<string?> Of(JsonObject metrics) =>
        Accuracies.Select(key => metrics.TryGetPropertyValue(key, out JsonNode? value) ? $"{value}" : "missing");
}
