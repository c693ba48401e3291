using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class AnalyzeTests(Example example)
{
    [Fact]
    public void A_run_gives_a_table_and_figures()
    {
        using var folder = new TemporaryFolder();

        ToolResult result = Tool.Run(["analyze", example.Run, "-o", folder["figures"], "--format", "svg"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonNode statistics = RunFiles.Result(example.Run)["statistics"]!;
        Assert.Contains($"after {Example.Epochs} epochs", result.OutputText);
        Assert.Contains($"{(double)statistics["classification_ratio"]![0]!:F2}", result.OutputText);
        Assert.Equal(
            [
                "accuracy.svg",
                "classification-ratio.svg",
                "deviation-over-epochs.svg",
                "deviation.svg",
                "gradient-norm.svg",
                "learning-curves.svg",
            ],
            Directory.GetFiles(folder["figures"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Statistics_of_kept_checkpoints_are_those_of_training_and_fill_in_for_them()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        RunFiles.Copy(example.Run, run);
        JsonNode taken = RunFiles.Result(run)["statistics"]!;
        File.WriteAllLines(
            Path.Combine(run, "metrics.jsonl"),
            RunFiles
                .Metrics(run)
                .Select(line =>
                {
                    line.Remove("statistics");
                    return line.ToJsonString();
                })
        );
        JsonObject old = RunFiles.Result(run);
        old.Remove("statistics");
        File.WriteAllText(Path.Combine(run, "result.json"), old.ToJsonString());
        ToolResult without = Tool.Run(["analyze", run, "--json"]);

        ToolResult result = Tool.Run(["analyze", run, "--recompute", "--embedding", "pca", "--json"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Null(JsonNode.Parse(without.Output[^1])!["epoch"]);
        JsonNode found = JsonNode.Parse(Assert.Single(result.Output))!;
        Assert.Equal(Example.Epochs, (int)found["epoch"]!);
        foreach (string key in new[] { "classification_ratio", "gradient_norm", "feature_deviation" })
        {
            Assert.Equal(taken[key]!.ToJsonString(), found[key]!.ToJsonString());
        }

        Assert.Contains(
            found["figures"]!.AsArray(),
            figure => (string?)figure == Path.Combine(run, "figures", "deviation-over-epochs.png")
        );
    }

    [Fact]
    public void A_finished_run_is_shown_as_its_result_says_also_after_a_phase_without_epochs()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        RunFiles.Copy(example.Run, run);
        JsonObject changed = RunFiles.Result(run);
        changed["statistics"]!["classification_ratio"]![0] = 7.5;
        File.WriteAllText(Path.Combine(run, "result.json"), changed.ToJsonString());

        ToolResult result = Tool.Run(["analyze", run, "--json"]);

        Assert.Equal(7.5, (double)JsonNode.Parse(result.Output[^1])!["classification_ratio"]![0]!);
    }

    [Fact]
    public void A_report_is_one_file_and_an_output_that_cannot_be_written_is_an_error()
    {
        using var folder = new TemporaryFolder();

        ToolResult result = Tool.Run(["report", example.Run, "-o", folder["report.html"]]);
        ToolResult refused = Tool.Run(["analyze", example.Run, "-o", Path.Combine(folder["report.html"], "figures")]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("balanced test accuracy (one seed).", File.ReadAllText(folder["report.html"]));
        Assert.Single(Directory.GetFileSystemEntries(folder["."]));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Choose another one.", refused.ErrorText);
    }

    [Fact]
    public void A_class_that_is_not_there_is_wrong_usage()
    {
        ToolResult result = Tool.Run(["analyze", example.Run, "--classes", "disk"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--classes: there is no class 'disk'; known are: ", result.ErrorText);
    }
}
