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
        Assert.Contains($"statistics after {Example.Epochs} epochs", result.OutputText);
        Assert.Contains(
            result.Output,
            line => line.StartsWith("missing  alpha-sweep: needs ", StringComparison.Ordinal)
        );
        Assert.Contains($"{(double)statistics["classification_ratio"]![0]!:F2}", result.OutputText);
        Assert.Equal(
            [
                "accuracy.svg",
                "calibration.svg",
                "class-counts.svg",
                "classification-ratio.svg",
                "confusion-by-prediction.svg",
                "confusion.svg",
                "deviation-over-epochs.svg",
                "deviation.svg",
                "gradient-norm.svg",
                "learning-curves.svg",
                "precision-recall.svg",
                "roc.svg",
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
        Assert.Contains("Choose another --output.", refused.ErrorText);
    }

    [Fact]
    public void Wrong_usage_is_refused_before_anything_is_drawn()
    {
        using var folder = new TemporaryFolder();
        string erm = WrittenRun.Of("erm").Write(folder["erm"]);

        Refusals.AssertWrongUsage(Tool.Run("analyze"), "analyze");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, "--figures", "confusoin"), "'confusoin'", "confusion");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, "--format", "gif"), "gif");
        Refusals.AssertWrongUsage(
            Tool.Run("analyze", erm, "--classes", "rar"),
            "--classes: there is no class 'rar'",
            "rare"
        );
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, erm), "twice");
        Refusals.AssertWrongUsage(Tool.Run("report", erm, "-o", folder.Path), "folder");
        Assert.False(Directory.Exists(Path.Combine(erm, "figures")));
    }

    [Fact]
    public void What_is_no_run_or_damaged_is_refused_with_the_place()
    {
        using var folder = new TemporaryFolder();
        string run = new WrittenRun().Write(folder["run"]);
        string metrics = Path.Combine(run, "metrics.jsonl");
        File.WriteAllText(metrics, File.ReadAllText(metrics).Replace("{\"epoch\":3", "{\"epoch\":\"three\""));

        Refusals.AssertFailed(Tool.Run("analyze", folder["nothing"]), folder["nothing"], "does not exist");
        Refusals.AssertFailed(Tool.Run("analyze", run), metrics, "line 3", "'epoch'", "whole number");
        Refusals.AssertFailed(Tool.Run("report", run, "-o", folder["report.html"]), metrics, "line 3");
        Assert.False(File.Exists(folder["report.html"]));
    }

    [Fact]
    public void A_run_without_statistics_is_analyzed_as_far_as_it_goes()
    {
        using var folder = new TemporaryFolder();
        string run = new WrittenRun { WithStatistics = false }.Write(folder["run"]);

        ToolResult result = Tool.Run("analyze", run);
        JsonNode json = JsonNode.Parse(
            Tool.Run("analyze", run, "--figures", "accuracy,confusion", "--json").Output[^1]
        )!;

        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        Assert.Contains(
            result.Output,
            line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) == "rare 5 70.0 50.0"
        );
        Assert.Contains("--statistics every=1", result.OutputText);
        Assert.Equal(
            ["accuracy.png", "class-counts.png", "learning-curves.png"],
            Directory.GetFiles(Path.Combine(run, "figures")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Path.Combine(run, "figures", "accuracy.png"), (string?)Assert.Single(json["figures"]!.AsArray()));
        Assert.Equal("confusion", (string?)Assert.Single(json["missing"]!.AsArray())!["figure"]);
    }

    [Fact]
    public void A_report_in_markdown_has_its_figures_beside_it()
    {
        using var folder = new TemporaryFolder();
        string run = new WrittenRun().Write(folder["run"]);

        ToolResult result = Tool.Run("report", run, "--markdown", "-o", folder["report.md"]);

        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        Assert.Equal("erm reached 60.0 % balanced test accuracy (one seed).", result.Output[0]);
        Assert.Contains("](report-figures/confusion.svg)", File.ReadAllText(folder["report.md"]));
        Assert.True(File.Exists(folder["report-figures/confusion.svg"]));
    }
}
