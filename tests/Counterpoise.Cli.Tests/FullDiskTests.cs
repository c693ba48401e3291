using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class FullDiskTests(Example example)
{
    [Fact]
    public void A_run_that_fills_the_disk_is_resumed_once_there_is_room()
    {
        using var disk = new FullDisk(8192);
        string run = disk["run"];
        long checkpoint = new FileInfo(RunFiles.Checkpoint(example.Run, 2)).Length;
        // Room for two checkpoints, while the third is written before the first is deleted.
        File.WriteAllBytes(disk["filler"], new byte[(8192 * 1024) - (checkpoint * 5 / 2)]);

        ToolResult full = Tool.Run(example.Train(run));

        Refusals.AssertFailed(full, RunFiles.Checkpoint(run, 3), "the disk is full");
        Assert.Equal([.. Enumerable.Range(1, 2).Select(e => $"epoch-{e:D4}.safetensors")], RunFiles.Checkpoints(run));
        File.Delete(disk["filler"]);
        ToolResult resumed = Tool.Run("resume", run);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(example.Run, run);
    }

    [Fact]
    public void A_disk_that_is_full_from_the_start_keeps_no_half_written_run()
    {
        using var disk = new FullDisk();
        disk.Fill();

        Refusals.AssertFailed(Tool.Run(example.Train(disk["runs/a"])), disk["runs/a"], "the disk is full");

        Assert.False(Directory.Exists(disk["runs"]));
    }

    [Fact]
    public void A_log_that_cannot_be_written_ends_the_run_in_one_line()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no device that is always full.");
        using var folder = new TemporaryFolder();
        example.CopyUnfinished(folder["run"]);
        File.Delete(folder["run/log.txt"]);
        File.CreateSymbolicLink(folder["run/log.txt"], "/dev/full");

        Refusals.AssertFailed(Tool.Run("resume", folder["run"]), folder["run/log.txt"], "the disk is full");
    }
}
