using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class CompareTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_missing_is_trained_and_tabulated_and_nothing_twice()
    {
        string[] command =
        [
            .. Command("erm,mfw,lws", "--seeds", "2", "--set", "lws.epochs=1"),
            "--markdown",
            folder["table.md"],
            "--csv",
            folder["table.csv"],
        ];

        ToolResult first = Tool.Run(command);
        ToolResult again = Tool.Run([.. command, "--json"]);

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("[1/6] erm, seed 3: training", first.Output);
        Assert.Contains("[3/6] lws, seed 3: second phase, from erm", first.Output);
        Assert.Contains("[6/6] lws, seed 4: second phase, from erm", first.Output);
        Assert.Equal(
            (2 * (2 + 2)) + (2 * 1),
            first.Output.Count(line => line.StartsWith("epoch", StringComparison.Ordinal))
        );
        Assert.Contains(first.Output, line => line.TrimStart().StartsWith("mfw ", StringComparison.Ordinal));
        Assert.Contains("mean ± standard deviation (n - 1) over the seeds", first.OutputText);

        JsonNode[] rows = [.. JsonNode.Parse(Assert.Single(again.Output))!["rows"]!.AsArray()!];
        Assert.Equal(["erm", "mfw", "lws"], rows.Select(row => (string?)row!["method"]));
        Assert.Equal([2, 2, 3], rows.Select(row => (int)row!["epochs"]!));
        Assert.All(rows, row => Assert.Equal([3, 4], row!["seeds"]!.AsArray().Select(seed => (int)seed!)));
        foreach (JsonNode? row in rows)
        {
            double[] values =
            [
                .. new[] { 3, 4 }.Select(seed =>
                    (double)RunFiles.Result(Run($"{row!["method"]}-seed{seed}"))["accuracy"]!
                ),
            ];
            Assert.Equal(values, row!["accuracy"]!["values"]!.AsArray().Select(value => (double)value!));
            Assert.Equal(values.Average(), (double)row["accuracy"]!["mean"]!, 1e-9);
            Assert.Equal(Math.Abs(values[0] - values[1]) / Math.Sqrt(2), (double)row["accuracy"]!["std"]!, 1e-9);
            Assert.Null(row["many_accuracy"]); // No class has more than a hundred images.
            Assert.True((double)row["seconds"]!["mean"]! > 0);
        }

        Assert.Contains("[6/6] lws, seed 4: finished already", again.Error);
        Assert.Equal(3 + 2 + 2, File.ReadAllLines(folder["table.md"]).Length);
        Assert.Equal(3 + 1, File.ReadAllLines(folder["table.csv"]).Length);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_trained_and_trains_nothing()
    {
        string[] command = Command("erm,mfw,lws", "--seeds", "2", "--set", "lws.epochs=1");

        ToolResult told = Tool.Run([.. command, "--dry-run"]);
        ToolResult json = Tool.Run([.. command, "--dry-run", "--json"]);

        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Contains("[1/6] erm, seed 3: 2 epochs of 60 images", told.Output);
        Assert.Contains("[3/6] lws, seed 3: 1 epoch of 60 images, second phase, from erm", told.Output);
        Assert.Contains(" for 10 epochs; testing comes on top", told.Output[^1]);
        Assert.False(Directory.Exists(folder["runs"]));
        JsonObject planned = JsonNode.Parse(Assert.Single(json.Output))!.AsObject();
        Assert.Equal("compare_dry_run", (string?)planned["event"]);
        Assert.Equal(10, (int)planned["epochs"]!);
        Assert.Equal([2, 2, 1, 2, 2, 1], planned["runs"]!.AsArray().Select(run => (int)run!["epochs"]!));
        Assert.Equal(Run("mfw-seed4"), (string?)planned["runs"]![4]!["run"]);
        Assert.Equal(
            planned["runs"]!.AsArray().Sum(run => (double)run!["seconds"]!),
            (double)planned["seconds"]!,
            1e-6
        );
    }

    [Fact]
    public void A_dry_run_counts_what_is_finished_as_done()
    {
        Assert.Equal(0, Tool.Run(Command("erm")).ExitCode);

        ToolResult told = Tool.Run(Command("erm,mfw", "--dry-run"));

        Assert.Contains("[1/2] erm, seed 3: finished already", told.Output);
        Assert.Contains(" for 2 epochs; ", told.Output[^1]);
    }

    [Fact]
    public void A_second_phase_ends_as_if_it_had_trained_its_first_itself()
    {
        Assert.Equal(0, Tool.Run(Command("erm,crt", "--set", "crt.epochs=1")).ExitCode);
        Assert.Equal(0, Tool.Run(CommandTo("alone", "crt", "--set", "crt.epochs=1")).ExitCode);

        RunFiles.AssertSame(Path.Combine(folder["alone"], "crt-seed3"), Run("crt-seed3"), epoch: 3);
    }

    [Fact]
    public void An_interrupted_comparison_shows_what_is_finished_and_goes_on()
    {
        string[] command = Command("erm,mfw", "--set", "training.epochs=40");
        using Tool tool = Tool.Start(command);
        Assert.True(
            tool.WaitUntil(() => Directory.Exists(Run("erm-seed3")) && RunFiles.CountMetrics(Run("erm-seed3")) > 0)
        );
        tool.Signal(Tool.SignalInterrupt);
        ToolResult stopped = tool.Finish();

        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains("stopped; the same command goes on where it was", stopped.Error);
        Assert.False(RunFiles.IsFinished(Run("erm-seed3")));
        ToolResult again = Tool.Run(command);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("[1/2] erm, seed 3: going on", again.Output);
    }

    [Fact]
    public void Runs_of_other_settings_are_left_alone_and_the_setting_is_named()
    {
        Assert.Equal(0, Tool.Run(Command("erm")).ExitCode);

        Refusals.AssertFailed(
            Tool.Run(Command("erm", "--set", "training.epochs=3")),
            "erm-seed3",
            "training.epochs 2 there, 3 here"
        );
    }

    [Theory]
    [InlineData("erm,mfw,erm", "--methods names 'erm' twice")]
    [InlineData("erm,mwf", "did you mean 'mfw'?")]
    [InlineData("erm,crt+lws", "'crt' and 'lws' cannot be combined")]
    [InlineData("erm,tau-norm", "--tau", "data.held_out")]
    [InlineData("erm --seeds 0", "--seeds is 0")]
    [InlineData("erm --set mfw.alpha=2", "mfw.alpha belongs to mfw")]
    [InlineData("erm,mfw --set mfw.alpha=-2", "mfw.alpha is -2")]
    public void What_cannot_be_compared_is_refused_before_anything_is_trained(string methods, params string[] named)
    {
        string[] words = methods.Split(' ');

        Refusals.AssertWrongUsage(Tool.Run([.. Command(words[0]), .. words[1..]]), named);

        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void Folds_are_each_tested_on_once_and_the_table_is_over_them()
    {
        string[] command =
        [
            .. Example.TrainOn(Path.Combine(example.Data, "train"), folder["runs"], batchSize: 10)[1..],
            "--set",
            "training.epochs=1",
            "--methods",
            "erm,mfw",
            "--folds",
            "3",
        ];

        ToolResult result = Tool.Run(["compare", .. command]);
        ToolResult again = Tool.Run(["compare", .. command, "--json"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(result.Output, line => line.Contains("fold 3 of 3 is tested on", StringComparison.Ordinal));
        Assert.Contains("each image tested once: mean ± standard deviation (n - 1) over the folds", result.OutputText);
        JsonNode row = JsonNode.Parse(Assert.Single(again.Output))!["rows"]![1]!;
        double[] values =
        [
            .. Enumerable
                .Range(1, 3)
                .Select(fold => (double)RunFiles.Result(Run($"mfw-seed0-fold{fold}"))["accuracy"]!),
        ];
        Assert.Equal(3, (int)row["folds"]!);
        Assert.Equal(values, row["accuracy"]!["values"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(3, Directory.GetDirectories(folder["runs"], "mfw-*").Length);

        // A fold is part of what a run is, and its test images are those that it was not trained on.
        JsonObject evaluated = JsonNode
            .Parse(Assert.Single(Tool.Run("evaluate", Run("mfw-seed0-fold2"), "--json").Output))!
            .AsObject();
        Assert.Equal(values[1], (double)evaluated["accuracy"]!);
        Refusals.AssertWrongUsage(Tool.Run(["compare", .. command[..^1], "1"]), "--folds is 1, expected 2 or more");
    }

    private string Run(string name) => Path.Combine(folder["runs"], name);

    private string[] Command(string methods, params string[] more) => CommandTo("runs", methods, more);

    private string[] CommandTo(string output, string methods, params string[] more) =>
        [
            "compare",
            .. Example.TrainOn(example.Data, folder[output], batchSize: 10)[1..],
            "--methods",
            methods,
            "--seed",
            "3",
            "--set",
            "training.epochs=2",
            .. more,
        ];
}
