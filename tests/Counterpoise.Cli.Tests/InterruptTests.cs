using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class InterruptTests(Example example)
{
    private const int Interrupted = 130;
    private const int Attempts = 10;

    [Fact]
    public void An_interrupted_run_saves_the_middle_of_its_epoch_and_ends_with_the_same_bits_when_resumed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signals have the numbers of Linux.");
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        ToolResult interrupted = InterruptWithinAnEpoch(run);

        Assert.Equal(Interrupted, interrupted.ExitCode);
        Assert.Equal($"stopped; go on with: counterpoise resume {run}", interrupted.Error[^1]);
        JsonObject saved = RunFiles.State(Path.Combine(run, "checkpoints", PartialCheckpoint(run)!));
        int step = saved["step"]!.GetValue<int>();
        Assert.InRange(step, 1, Example.StepsPerEpoch - 1);
        Assert.Equal(2 * step, saved["state"]!["seen"]!.GetValue<int>());
        Assert.InRange(saved["state"]!["loss_sum"]!.GetValue<double>(), 0.01 * step, 100 * step);
        Assert.InRange(saved["state"]!["correct"]!.GetValue<int>(), 1, 2 * step);

        ToolResult resumed = Tool.Run("resume", run);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Contains($" and {step} steps", resumed.OutputText);
        RunFiles.AssertSame(example.Run, run);
    }

    [Fact]
    public void A_second_interrupt_ends_the_tool_within_the_step()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The signals have the numbers of Linux.");
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        using Tool tool = Tool.Start(Example.TrainOn(example.Data, run, "resnet56", imageSize: 64, batchSize: 60));
        Assert.True(tool.WaitUntil(() => File.Exists(Path.Combine(run, "run.json"))));
        Thread.Sleep(500);

        tool.Signal(Tool.SignalInterrupt);
        Assert.True(tool.WaitForError("press Ctrl-C again"));
        tool.Signal(Tool.SignalInterrupt);
        ToolResult ended = tool.Finish();

        Assert.Equal(Interrupted, ended.ExitCode);
        Assert.Single(ended.Error);
        Assert.Empty(RunFiles.Checkpoints(run));
    }

    private static string? PartialCheckpoint(string run) =>
        RunFiles.Checkpoints(run).SingleOrDefault(name => name.Contains("-step-", StringComparison.Ordinal));

    /// <summary>Trains and interrupts; again from the start where that fell between two epochs.</summary>
    private ToolResult InterruptWithinAnEpoch(string run)
    {
        for (int attempt = 0; attempt < 2 * Attempts; attempt++)
        {
            if (Directory.Exists(run))
            {
                Directory.Delete(run, recursive: true);
            }

            using Tool tool = Tool.Start(example.Train(run));
            Assert.True(tool.WaitUntil(() => File.Exists(RunFiles.Checkpoint(run, 1))));
            Thread.Sleep(7 * (attempt % Attempts)); // Where the machine is busy, every other moment may be late.
            tool.Signal(Tool.SignalInterrupt);
            ToolResult interrupted = tool.Finish();
            if (PartialCheckpoint(run) is not null)
            {
                return interrupted;
            }
        }

        throw new InvalidOperationException("The interrupt always fell between two epochs.");
    }
}
