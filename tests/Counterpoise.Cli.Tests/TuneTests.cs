using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class TuneTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_grid_is_trained_on_every_split_and_the_best_on_the_full_set_and_nothing_twice()
    {
        string[] command = Command("--over", "mfw.alpha=0.1,5", "--splits", "2");

        ToolResult first = Tool.Run(command);
        ToolResult again = Tool.Run("tune", "-o", Study, "--json");

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("[1/2] mfw.alpha=0.1, split 0: training", first.Output);
        Assert.Contains("[2/2] mfw.alpha=5, split 1: training", first.Output);
        Assert.Contains("held out: 9 images, 3 of a class", first.OutputText);
        int table = first.Output.ToList().FindIndex(line => line.StartsWith('─'));
        Assert.DoesNotContain(first.Output.Take(table), line => line.Contains("  test ", StringComparison.Ordinal));
        Assert.Contains(first.Output.Take(table), line => line.Contains("  held out ", StringComparison.Ordinal));
        Assert.Contains(first.Output, line => line.StartsWith("test accuracy", StringComparison.Ordinal));

        JsonNode tuned = JsonNode.Parse(Assert.Single(again.Output))!;
        Assert.DoesNotContain(again.Error, line => line.StartsWith('['));
        JsonNode[] trials = [.. tuned["trials"]!.AsArray()!];
        Assert.Equal(2, trials.Length);
        foreach (JsonNode trial in trials)
        {
            double[] splits = [.. trial["runs"]!.AsArray().Select(run => HeldOut((string)run!))];
            Assert.Equal(splits, trial["splits"]!.AsArray().Select(split => (double)split!));
            Assert.Equal(splits.Average(), (double)trial["held_out_balanced_accuracy"]!, 1e-9);
            Assert.True((double)trial["standard_error"]! >= 0);
        }

        double best = trials.Max(trial => (double)trial["held_out_balanced_accuracy"]!);
        int chosen = (int)tuned["chosen"]!;
        Assert.Equal(best, (double)trials[chosen]["held_out_balanced_accuracy"]!, 1e-9);
        Assert.Equal([37, 11, 3], Counts("trial-0000-split-0"));
        Assert.Equal([40, 14, 6], Counts("final"));
        Assert.Contains(
            $"alpha = {(chosen == 0 ? "0.1" : "5.0")}",
            File.ReadAllText(Path.Combine(Run("final"), "recipe.toml"))
        );
        Assert.NotEqual(
            File.ReadAllText(Path.Combine(Run("trial-0000-split-0"), "recipe.toml")),
            File.ReadAllText(Path.Combine(Run("trial-0000-split-1"), "recipe.toml"))
        );
    }

    [Fact]
    public void What_a_killed_worker_held_is_gone_on_with_and_what_it_had_finished_is_not_trained_again()
    {
        string[] command = Command("--over", "mfw.alpha=1,5", "--set", "training.epochs=30");
        using (Tool tool = Tool.Start(command))
        {
            Assert.True(tool.WaitUntil(() => Reached("trial-0001-split-0", 2)));
            tool.Kill();
            tool.Finish();
        }

        string finished = File.ReadAllText(Path.Combine(Run("trial-0000-split-0"), "result.json"));
        ToolResult resumed = Tool.Run("tune", "-o", Study);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Contains("[2/2] mfw.alpha=5: going on", resumed.Output);
        Assert.Contains(resumed.Output, line => line.StartsWith("resuming after", StringComparison.Ordinal));
        Assert.DoesNotContain(resumed.Output, line => line.StartsWith("[1/2]", StringComparison.Ordinal));
        Assert.Equal(finished, File.ReadAllText(Path.Combine(Run("trial-0000-split-0"), "result.json")));
        Assert.Equal(30, RunFiles.CountMetrics(Run("trial-0001-split-0")));
    }

    [Fact]
    public void A_second_process_is_another_worker()
    {
        string[] command = Command("--over", "mfw.alpha=1,2,3,4", "--set", "training.epochs=20");
        using Tool first = Tool.Start(command);
        Assert.True(first.WaitUntil(() => Reached("trial-0000-split-0", 1)));
        using Tool second = Tool.Start(["tune", "-o", Study]);

        ToolResult[] results = [first.Finish(), second.Finish()];

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.ToString()));
        string[] trained =
        [
            .. results.SelectMany(result =>
                result.Output.Where(line =>
                    line.StartsWith('[') && line.EndsWith(": training", StringComparison.Ordinal)
                )
            ),
        ];
        Assert.Equal(5, trained.Length);
        Assert.Equal(5, trained.Distinct().Count());
        Assert.Contains(
            results[1].Output,
            line => line.StartsWith('[') && line.EndsWith(": training", StringComparison.Ordinal)
        );
        Assert.All(results, result => Assert.Contains("chosen: mfw.alpha=", result.OutputText));
    }

    [Fact]
    public void Halving_stops_all_but_the_best_at_a_rung()
    {
        ToolResult result = Tool.Run([
            .. Command("--over", "method=mfw,mixup,remix", "--halving", "--no-retrain", "--json"),
            "--set",
            "training.epochs=6",
        ]);

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonNode tuned = JsonNode.Parse(Assert.Single(result.Output))!;
        JsonNode[] trials = [.. tuned["trials"]!.AsArray()!];
        Assert.Equal(2, trials.Count(trial => (string?)trial["state"] == "stopped" && (int)trial["epochs"]! == 2));
        Assert.Equal(6, (int)trials[(int)tuned["chosen"]!]["epochs"]!);
        Assert.Null(tuned["final"]);
        Assert.Equal([2, 2, 6], trials.Select((_, i) => RunFiles.CountMetrics(Run($"trial-000{i}-split-0"))).Order());
    }

    [Fact]
    public void An_interrupted_study_gives_its_trial_back_and_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signals have the numbers of Linux.");
        const int signalTerminate = 15;
        using Tool tool = Tool.Start(Command("--over", "mfw.alpha=1,5", "--set", "training.epochs=40"));
        Assert.True(tool.WaitUntil(() => Reached("trial-0000-split-0", 1)));
        tool.Signal(signalTerminate);
        ToolResult stopped = tool.Finish();

        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains("[1/2] mfw.alpha=1: saved and given back", stopped.Output);
        Assert.Contains($"stopped; go on with: counterpoise tune -o {Study}", stopped.Error);

        ToolResult again = Tool.Run("tune", "-o", Study, "--no-retrain");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("[1/2] mfw.alpha=1: going on", again.Output);
    }

    [Fact]
    public void A_trial_that_diverges_is_recorded_and_the_study_goes_on()
    {
        ToolResult result = Tool.Run(Command("--over", "training.learning_rate=0.01,1e30", "--no-retrain", "--json"));

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonNode tuned = JsonNode.Parse(Assert.Single(result.Output))!;
        Assert.Equal(["finished", "diverged"], tuned["trials"]!.AsArray().Select(trial => (string?)trial!["state"]));
        Assert.Equal(0, (int)tuned["chosen"]!);
    }

    [Fact]
    public void A_dry_run_names_the_trials_and_writes_nothing()
    {
        ToolResult result = Tool.Run(Command("--halving", "--dry-run", "--set", "training.epochs=9"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("trial 4: mfw.alpha=5", result.Output);
        Assert.Contains("5 trials; 1 split each; rungs after 3 epochs", result.Output);
        Assert.Contains("for 30 epochs", result.OutputText); // 5 of 3, 1 of 6 more, 9 at the end.
        Assert.False(Directory.Exists(Study));
    }

    [Fact]
    public void A_study_of_something_else_is_left_alone()
    {
        Assert.Equal(0, Tool.Run(Command("--over", "mfw.alpha=1", "--no-retrain")).ExitCode);

        Refusals.AssertFailed(
            Tool.Run(Command("--over", "mfw.alpha=2")),
            "--over: mfw.alpha=1 there, mfw.alpha=2 here"
        );
        Refusals.AssertFailed(
            Tool.Run(Command("--over", "mfw.alpha=1", "--set", "training.epochs=3")),
            "training.epochs 2 there, 3 here"
        );
        Refusals.AssertWrongUsage(
            Tool.Run("tune", "-o", Study, "--splits", "2"),
            "--splits is given, but --data is not"
        );
        File.WriteAllText(Path.Combine(Study, "study.db"), new string('x', 5000));
        Refusals.AssertFailed(Tool.Run("tune", "-o", Study), "study.db", "damaged");
    }

    [Fact]
    public void A_study_whose_database_was_removed_finds_its_finished_trainings()
    {
        string[] command = Command("--over", "mfw.alpha=1,5", "--no-retrain");
        Assert.Equal(0, Tool.Run(command).ExitCode);
        File.Delete(Path.Combine(Study, "study.db"));

        ToolResult again = Tool.Run(command);

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains(again.Output, line => line.StartsWith("[2/2] mfw.alpha=5: held out", StringComparison.Ordinal));
        Assert.DoesNotContain(again.Output, line => line.StartsWith("epoch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--over mfw.alhpa=1,2", "did you mean 'mfw.alpha'?")]
    [InlineData("--over mfw.alpha=1,-2", "--over: mfw.alpha is -2")]
    [InlineData("--over mfw.alpha=0.1..5 --search grid", "is a range", "--search tpe")]
    [InlineData("--search tpu", "--search is tpu", "grid, random or tpe")]
    [InlineData("--splits 0", "--splits is 0")]
    [InlineData("--trials 0", "--trials is 0")]
    [InlineData("--halving 1", "--halving is 1", "2 or more")]
    [InlineData("--halving --over training.epochs=2,3", "does not go with --halving")]
    [InlineData("--method erm", "mixes nothing")]
    [InlineData("--method tau-norm --over training.momentum=0.8,0.9", "training on the full set", "--no-retrain")]
    [InlineData("--over training.batch_size=10,80", "training.batch_size is 80", "51 training images")]
    [InlineData("--set data.held_out=40", "no class has more than 40 training images", "data.held_out")]
    public void What_cannot_be_tuned_is_refused_before_anything_is_trained(string more, params string[] named)
    {
        Refusals.AssertWrongUsage(Tool.Run(Command(more.Split(' '))), named);

        Assert.False(Directory.Exists(Study));
    }

    [Fact]
    public void Without_data_there_must_be_a_study()
    {
        Refusals.AssertWrongUsage(Tool.Run("tune"), "--data is missing");
        Refusals.AssertWrongUsage(Tool.Run("tune", "-o", Study), "holds no study");
    }

    private string Study => folder["study"];

    private string Run(string name) => Path.Combine(Study, "runs", name);

    private bool Reached(string run, int epochs) => RunFiles.CountMetrics(Run(run)) >= epochs;

    private double HeldOut(string run) => (double)RunFiles.Result(Run(run))["held_out_balanced_accuracy"]!;

    private int[] Counts(string run) =>
        [.. RunFiles.Result(Run(run))["class_counts"]!.AsArray().Select(count => (int)count!)];

    private string[] Command(params string[] more) =>
        [
            "tune",
            .. Example.TrainOn(example.Data, Study, batchSize: 10)[1..],
            "--statistics",
            "off",
            "--set",
            "training.epochs=2",
            .. more,
        ];
}
