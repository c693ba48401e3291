using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class TrainAgainTests(Example example)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_finished_run_is_used_as_it_is(bool resumes)
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        RunFiles.Copy(example.Run, run);
        File.Delete(RunFiles.Checkpoint(run, Example.Epochs)); // Training would have to make it again.

        ToolResult again = Tool.Run(resumes ? ["resume", run] : example.Train(run));

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains(again.Output, line => line.Contains(resumes ? "is finished; nothing" : "finished; nothing is"));
        Assert.Contains(again.Output, line => line.StartsWith("test accuracy", StringComparison.Ordinal));
        Assert.DoesNotContain(again.Output, line => line.StartsWith("epoch", StringComparison.Ordinal));
        Assert.False(File.Exists(RunFiles.Checkpoint(run, Example.Epochs)));
        Assert.Equal(File.ReadAllText(example.Run + "/result.json"), File.ReadAllText(run + "/result.json"));
    }

    [Fact]
    public void An_unfinished_run_goes_on_and_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);

        ToolResult again = Tool.Run(example.Train(run));

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("resuming after 2 epochs and 0 steps", again.OutputText);
        Assert.Single(again.Output, line => line.StartsWith("epoch", StringComparison.Ordinal));
        RunFiles.AssertSame(example.Run, run);
    }

    [Fact]
    public void A_run_of_another_recipe_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);
        Dictionary<string, string> before = Contents(run);

        Refusals.AssertFailed(Tool.Run([.. example.Train(run), "--set", "mfw.alpha=2"]), run, "another recipe");

        Assert.Equal(before, Contents(run));
    }

    [Fact]
    public void A_run_on_other_data_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);
        ImageSets.WriteFolder(folder["data"], example.Classes, [40, 14, 7]);
        Dictionary<string, string> before = Contents(run);

        Refusals.AssertFailed(Tool.Run("resume", run, "--data", folder["data"]), folder["data"], run, "--data");

        Assert.Equal(before, Contents(run));
    }

    [Fact]
    public void Data_that_moved_is_found_with_an_option()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);
        RunFiles.Copy(example.Data, folder["moved"]);

        ToolResult resumed = Tool.Run("resume", run, "--data", folder["moved"], "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(2, resumed.Output.Count); // One epoch and the result.
        RunFiles.AssertSame(example.Run, run);
    }

    /// <summary>All files but the lock's.</summary>
    private static Dictionary<string, string> Contents(string run) =>
        Directory
            .GetFiles(run, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith('.'))
            .ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));
}
