using System.Text.RegularExpressions;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed partial class DivergenceTests(Example example)
{
    [Theory]
    [InlineData("training.warmup=0", false)]
    [InlineData("training.schedule=constant", true)]
    public void A_training_that_diverges_says_where_and_what_to_do(string setting, bool leavesCheckpoint)
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        string[] rate = leavesCheckpoint
            ? ["--set", "training.learning_rate=1e7", "--set", "training.warmup=2", "--set", "training.epochs=50"]
            : ["--set", "training.learning_rate=1e30"];

        ToolResult diverged = Tool.Run([
            .. Example.TrainOn(example.Data, run, batchSize: leavesCheckpoint ? 60 : 2),
            "--set",
            setting,
            .. rate,
        ]);

        Refusals.AssertFailed(diverged, "Training diverged", "Lower training.learning_rate");
        Match found = Message().Match(diverged.Error[0]);
        Assert.True(found.Success, diverged.ToString());
        Assert.InRange(double.Parse(found.Groups["rate"].Value) / (leavesCheckpoint ? 1e7 : 1e30), 0.4, 1);
        string[] checkpoints = RunFiles.Checkpoints(run);
        Assert.Equal(leavesCheckpoint, checkpoints.Length > 0);
        Assert.Equal(
            leavesCheckpoint ? Path.Combine(run, "checkpoints", checkpoints[^1]) : "none yet",
            found.Groups["checkpoint"].Value
        );
        Assert.Equal(RunFiles.CountMetrics(run) + 1, int.Parse(found.Groups["epoch"].Value));
        Assert.False(RunFiles.IsFinished(run));
    }

    [GeneratedRegex(
        @"in epoch (?<epoch>\d+), step \d+, at learning rate (?<rate>\S+); last good checkpoint: (?<checkpoint>.+?)\. Lower",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Message();
}
