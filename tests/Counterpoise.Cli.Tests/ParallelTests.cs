using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>Several trainings at a time, each a process of its own.</summary>
public sealed class ParallelTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Two_at_a_time_end_with_the_bits_of_one_after_the_other()
    {
        RequireTwoProcessors();
        string[] more = ["--set", "crt.epochs=1"];
        Assert.Equal(0, Tool.Run([.. Compare("one", "erm,crt", 2), .. more]).ExitCode);

        ToolResult both = Tool.Run([.. Compare("two", "erm,crt", 2), .. more, "--parallel", "2"]);
        ToolResult again = Tool.Run([.. Compare("two", "erm,crt", 2), .. more, "--parallel", "2"]);

        Assert.True(both.ExitCode == 0, both.ToString());
        Assert.Contains("2 trainings at a time, each in up to", both.OutputText);
        Assert.Contains("[2/4] crt, seed 3: second phase, from erm", both.Output);
        Assert.Contains(
            both.Output,
            line => line.StartsWith("[3/4] erm, seed 4: epoch 2/2  loss", StringComparison.Ordinal)
        );
        Assert.Contains("[4/4] crt, seed 4: done", both.Output);
        foreach (string run in (string[])["erm-seed3", "crt-seed3", "erm-seed4", "crt-seed4"])
        {
            RunFiles.AssertSame(
                Path.Combine(folder["one"], run),
                Path.Combine(folder["two"], run),
                run.StartsWith("crt", StringComparison.Ordinal) ? 3 : 2
            );
        }

        Assert.Contains("[4/4] crt, seed 4: finished already", again.Output);
    }

    [Fact]
    public void Stopped_or_killed_all_are_saved()
    {
        RequireTwoProcessors();
        string[] command = [.. Compare("runs", "erm,mfw", 1), "--set", "training.epochs=400", "--parallel", "2"];
        string[] runs = [Path.Combine(folder["runs"], "erm-seed3"), Path.Combine(folder["runs"], "mfw-seed3")];
        using (Tool tool = Tool.Start(command))
        {
            Assert.True(tool.WaitUntil(() => runs.All(run => RunFiles.CountMetrics(run) > 0)));
            tool.Signal(Tool.SignalInterrupt);
            ToolResult stopped = tool.Finish();
            Assert.Equal(130, stopped.ExitCode);
            Assert.Contains("stopped; the same command goes on where it was", stopped.Error);
        }

        int[] before = [.. runs.Select(RunFiles.CountMetrics)];
        using (Tool tool = Tool.Start(command))
        {
            Assert.True(
                tool.WaitUntil(() => runs.Zip(before).All(run => RunFiles.CountMetrics(run.First) > run.Second))
            );
            tool.Kill();
            tool.Finish();
        }

        // Those that it had started find that it has gone.
        foreach (string run in runs)
        {
            Assert.True(SpinWait.SpinUntil(() => Saved(run) == 2, TimeSpan.FromMinutes(2)), $"{run} is not saved.");
            Assert.False(RunFiles.IsFinished(run));
        }
    }

    [Fact]
    public void One_that_fails_ends_the_comparison_and_says_why()
    {
        RequireTwoProcessors();
        ToolResult failed = Tool.Run([
            .. Compare("runs", "erm,mfw", 1),
            "--set",
            "training.learning_rate=1e30",
            "--parallel",
            "2",
        ]);

        Refusals.AssertFailed(failed, "-seed3", "diverged");
    }

    [Fact]
    public void More_than_memory_holds_is_refused_with_what_fits()
    {
        RequireTwoProcessors();
        using Tool tool = Tool.Start(
            [.. Compare("runs", "erm,mfw", 1), "--parallel", "2"],
            environment: new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "0x20000000" } // 512 MB.
        );

        Refusals.AssertWrongUsage(tool.Finish(), "2 trainings at a time need up to", "MB are free; give --parallel 1");
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Theory]
    [InlineData("0", "--parallel is 0, expected 1 to 1000")]
    [InlineData("1000", "--parallel 1000 with 1 thread each needs 1000 processors")]
    public void More_than_the_processors_is_refused(string number, string named)
    {
        Refusals.AssertWrongUsage(Tool.Run([.. Compare("runs", "erm", 1), "--parallel", number]), named);
        Refusals.AssertWrongUsage(
            Tool.Run("tune", "--data", "synthetic", "--method", "mfw", "--threads", "1", "--parallel", number),
            named
        );
        Refusals.AssertWrongUsage(
            Tool.Run("reproduce", "table8", "--data", "synthetic", "--threads", "1", "--yes", "--parallel", number),
            named
        );
    }

    [Fact]
    public void A_study_is_worked_on_by_several()
    {
        RequireTwoProcessors();
        string[] command =
        [
            "tune",
            .. Example.TrainOn(example.Data, folder["study"], batchSize: 10)[1..],
            "--method",
            "mfw",
            "--over",
            "mfw.alpha=0.1,1,5",
            "--splits",
            "2",
            "--set",
            "training.epochs=2",
        ];

        ToolResult both = Tool.Run([.. command, "--parallel", "2"]);
        ToolResult again = Tool.Run([.. command, "--parallel", "2", "--json"]);

        Assert.True(both.ExitCode == 0, both.ToString());
        Assert.Equal(
            6,
            both.Output.Count(line =>
                line.Contains("held out ", StringComparison.Ordinal)
                && line.Contains(" ± ", StringComparison.Ordinal)
                && line.StartsWith('[')
            )
        );
        JsonNode tuned = JsonNode.Parse(Assert.Single(again.Output))!;
        Assert.All(tuned["trials"]!.AsArray(), trial => Assert.Equal(2, trial!["splits"]!.AsArray().Count));
        Assert.True(RunFiles.IsFinished(Path.Combine(folder["study"], "runs", "final")));
    }

    private static void RequireTwoProcessors() =>
        Assert.SkipUnless(Environment.ProcessorCount > 1, "There is one processor.");

    /// <summary>How often a run was stopped and saved.</summary>
    private static int Saved(string run) =>
        File.ReadLines(Path.Combine(run, "log.txt"))
            .Count(line => line.EndsWith("everything is saved", StringComparison.Ordinal));

    private string[] Compare(string output, string methods, int seeds) =>
        [
            "compare",
            .. Example.TrainOn(example.Data, folder[output], batchSize: 10)[1..],
            "--methods",
            methods,
            "--seed",
            "3",
            "--seeds",
            $"{seeds}",
            "--set",
            "training.epochs=2",
        ];
}
