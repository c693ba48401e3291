using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>Training under mpirun; the numbers themselves are tested without it.</summary>
public sealed class RanksTests(Example example)
{
    private const double Tolerance = 1e-3;

    [Fact]
    public void Two_ranks_train_what_one_trains_with_two_groups()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string[] synchronised = ["--set", "training.batch_norm=synchronised", "--statistics", "every=1"];
        ToolResult one = Tool.Run([.. Train(folder["one"]), .. synchronised, "--set", "mixing.groups=2"]);
        Assert.True(one.ExitCode == 0, one.ToString());

        ToolResult two = Mpirun.Run(2, [.. Train(folder["two"]), .. synchronised, "--json"]);

        Assert.True(two.ExitCode == 0, two.ToString());
        Assert.Single(two.Output, line => line.Contains("\"finished\"", StringComparison.Ordinal));
        Assert.Equal(
            Example.Epochs,
            two.Output.Count(line => line.Contains("\"event\":\"epoch\"", StringComparison.Ordinal))
        );
        Assert.Contains(
            "groups = 2",
            File.ReadAllText(Path.Combine(folder["two"], "recipe.toml")),
            StringComparison.Ordinal
        );
        JsonObject[] expected = RunFiles.Metrics(folder["one"]);
        JsonObject[] found = RunFiles.Metrics(folder["two"]);
        Assert.All(found, line => Assert.Equal(2, line["ranks"]!.GetValue<int>()));
        Assert.Equal(Loss(expected[0]), Loss(found[0]), Tolerance * Loss(expected[0]));
        Assert.Equal(RunFiles.Checkpoints(folder["one"]), RunFiles.Checkpoints(folder["two"]));
    }

    [Fact]
    public void A_rank_that_dies_ends_the_job_and_one_process_goes_on()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        using (Tool tool = Mpirun.Start(2, Train(run)))
        {
            Assert.True(tool.WaitUntil(() => File.Exists(RunFiles.Checkpoint(run, 1))));
            using Process rank = Mpirun.RankOf(1, run);
            rank.Kill();
            long start = Stopwatch.GetTimestamp();
            ToolResult killed = tool.Finish();

            Assert.NotEqual(0, killed.ExitCode);
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "The job hung.");
            Assert.False(RunFiles.IsFinished(run));
        }

        ToolResult resumed = Tool.Run("resume", run);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(Example.Epochs, RunFiles.CountMetrics(run));
    }

    [Fact]
    public void Two_ranks_go_on_with_a_run_of_one()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);

        ToolResult resumed = Mpirun.Run(2, "resume", run);

        // Batches of two images, one of them for each rank.
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.True(RunFiles.IsFinished(run));
        Assert.Null(RunFiles.Metrics(run)[0]["ranks"]);
        Assert.Equal(2, RunFiles.Metrics(run)[^1]["ranks"]!.GetValue<int>());
        Assert.Contains("within 2 groups", File.ReadAllText(Path.Combine(run, "log.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_share_the_trials_of_a_study()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string study = folder["study"];
        string[] command = ["tune", .. Example.TrainOn(example.Data, study, batchSize: 6)[1..]];

        ToolResult tuned = Mpirun.Run(2, [.. command, "--over", "mfw.alpha=0.5,1,2,5", "--json"]);

        Assert.True(tuned.ExitCode == 0, tuned.ToString());
        JsonNode result = JsonNode.Parse(Assert.Single(tuned.Output))!;
        Assert.Equal(4, result["trials"]!.AsArray().Count);
        Assert.True(RunFiles.IsFinished(Path.Combine(study, "runs", "final")));
        Assert.Equal(5, Directory.GetFiles(Path.Combine(study, "runs"), "log.txt", SearchOption.AllDirectories).Length);
        Assert.InRange(tuned.Error.Count(line => line.EndsWith(": training", StringComparison.Ordinal)), 1, 4); // The first rank tells of its own.
    }

    [Fact]
    public void Candidates_of_a_choice_are_shared_by_ranks()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();
        string study = folder["study"];

        ToolResult chosen = Mpirun.Run(
            2,
            ["choose", "--data", example.Data, "--kinds", "probe", "--budget", "10m", "-o", study, "--json"]
        );

        Assert.True(chosen.ExitCode == 0, chosen.ToString());
        JsonNode result = JsonNode.Parse(Assert.Single(chosen.Output))!;
        Assert.All(result["candidates"]!.AsArray(), row => Assert.True((int)row!["folds"]! > 0));
        Assert.True(RunFiles.IsFinished(Path.Combine(study, "runs", "final")));
        Assert.True(chosen.Error.Count(line => line.EndsWith(": training", StringComparison.Ordinal)) < 10); // Of its own.
    }

    [Fact]
    public void An_error_that_all_ranks_have_is_said_once()
    {
        Mpirun.Require();
        using var folder = new TemporaryFolder();

        ToolResult failed = Mpirun.Run(2, Example.TrainOn(folder["nothing"], folder["run"]));

        Assert.NotEqual(0, failed.ExitCode);
        string error = Assert.Single(failed.Error, line => line.StartsWith("error:", StringComparison.Ordinal));
        Assert.Contains(folder["nothing"], error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_verb_that_shares_nothing_is_refused()
    {
        Mpirun.Require();

        ToolResult failed = Mpirun.Run(2, "evaluate", example.Run);

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("start it without mpirun", failed.ErrorText, StringComparison.Ordinal);
    }

    private string[] Train(string run) => Example.TrainOn(example.Data, run, batchSize: 6);

    private static double Loss(JsonObject line) => line["loss"]!.GetValue<double>();
}
