using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class TwoWritersTests(Example example)
{
    [Fact]
    public void A_run_that_is_being_trained_takes_no_second_writer_and_is_not_harmed_by_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signals have the numbers of Linux.");
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        using Tool first = Tool.Start(example.Train(run));
        Assert.True(first.WaitUntil(() => File.Exists(Path.Combine(run, "run.json"))));
        first.Signal(Tool.SignalStop);
        Assert.False(RunFiles.IsFinished(run));

        Refusals.AssertFailed(Tool.Run(example.Train(run)), run, "is being written by process");
        Refusals.AssertFailed(Tool.Run("resume", run), run, "is being written by process");

        // Readers are welcome.
        first.Signal(Tool.SignalContinue);
        Assert.True(first.WaitUntil(() => File.Exists(RunFiles.Checkpoint(run, 1))));
        Assert.Equal(0, Tool.Run("evaluate", run).ExitCode);
        ToolResult finished = first.Finish();
        Assert.True(finished.ExitCode == 0, finished.ToString());
        RunFiles.AssertSame(example.Run, run);
    }
}
