using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class KillTests(Example example)
{
    private const int Attempts = 10;

    [Theory]
    [InlineData("before the first epoch is done", 0)]
    [InlineData("right after the first checkpoint", 0)]
    [InlineData("in the second epoch", 20)]
    [InlineData("between metrics and checkpoint", 0)]
    [InlineData("in the third epoch", 45)]
    [InlineData("after the last epoch", 0)]
    public void A_killed_run_is_resumed_and_ends_with_the_same_bits(string moment, int milliseconds)
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        KillAt(moment, milliseconds, run);

        ToolResult resumed = Tool.Run("resume", run);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(example.Run, run);
    }

    [Fact]
    public void A_run_killed_again_while_resuming_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        KillAt("right after the first checkpoint", 0, run);
        using (Tool tool = Tool.Start(["resume", run]))
        {
            tool.WaitUntil(() => Reached("between metrics and checkpoint", run));
            tool.Kill();
            tool.Finish();
        }

        ToolResult resumed = Tool.Run("resume", run);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(example.Run, run);
    }

    /// <summary>Trains and kills; again from the start where the run was finished before the kill reached it.</summary>
    private void KillAt(string moment, int milliseconds, string run)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Directory.Exists(run))
            {
                Directory.Delete(run, recursive: true);
            }

            using Tool tool = Tool.Start(example.Train(run));
            tool.WaitUntil(() => Reached(moment, run));
            Thread.Sleep(milliseconds);
            tool.Kill();
            ToolResult killed = tool.Finish();
            Assert.True(killed.Error.Count == 0, killed.ToString());
            if (!RunFiles.IsFinished(run))
            {
                return;
            }
        }

        Assert.Fail($"The run was always finished before it could be killed {moment}.");
    }

    private static bool Reached(string moment, string run) =>
        moment switch
        {
            "before the first epoch is done" => File.Exists(Path.Combine(run, "run.json")),
            "right after the first checkpoint" or "in the second epoch" => File.Exists(RunFiles.Checkpoint(run, 1)),
            "between metrics and checkpoint" => RunFiles.CountMetrics(run) == 2,
            "in the third epoch" => File.Exists(RunFiles.Checkpoint(run, 2)),
            "after the last epoch" => RunFiles.CountMetrics(run) == Example.Epochs,
            _ => throw new ArgumentOutOfRangeException(nameof(moment)),
        };
}
