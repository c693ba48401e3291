using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class BadRunFolderTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string RunPath => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_of_another_format_is_refused()
    {
        example.CopyUnfinished(RunPath);
        string file = Path.Combine(RunPath, "run.json");
        string description = File.ReadAllText(file);
        Assert.Contains("\"format\": 1,", description);
        File.WriteAllText(file, description.Replace("\"format\": 1,", "\"format\": 99,"));

        foreach (
            string[] command in new string[][] { ["resume", RunPath], ["evaluate", RunPath], example.Train(RunPath) }
        )
        {
            Refusals.AssertFailed(Tool.Run(command), file, "format 99", "expected 1");
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_and_the_one_before_it_serves()
    {
        RunFiles.Copy(example.Run, RunPath);
        File.Delete(Path.Combine(RunPath, "result.json"));
        string damaged = RunFiles.Checkpoint(RunPath, Example.Epochs);
        byte[] content = File.ReadAllBytes(damaged);
        content[^100] ^= 1;
        File.WriteAllBytes(damaged, content);

        Refusals.AssertFailed(Tool.Run("resume", RunPath), damaged, "Delete this file");
        Refusals.AssertFailed(Tool.Run("evaluate", RunPath), damaged);
        File.Delete(damaged);
        ToolResult resumed = Tool.Run("resume", RunPath);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(example.Run, RunPath);
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused()
    {
        RunFiles.Copy(example.Run, RunPath);
        File.Delete(Path.Combine(RunPath, "result.json"));
        string file = Path.Combine(RunPath, "recipe.toml");
        File.WriteAllText(file, File.ReadAllText(file).Replace("resnet8", "resnet20"));

        Refusals.AssertFailed(Tool.Run("resume", RunPath), RunFiles.Checkpoint(RunPath, Example.Epochs));
    }

    [Fact]
    public void What_is_no_run_is_refused()
    {
        Refusals.AssertFailed(Tool.Run("resume", RunPath), RunPath, "does not exist");
        Directory.CreateDirectory(RunPath);
        Refusals.AssertWrongUsage(Tool.Run("evaluate", RunPath), RunPath, "holds no run", "expected a run folder");
        Assert.Empty(Directory.GetFileSystemEntries(RunPath));
    }

    [Fact]
    public void An_output_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(folder["file"], "mine");
        string below = folder["file/run"];

        Refusals.AssertFailed(Tool.Run(example.Train(below)), below);

        Assert.Equal("mine", File.ReadAllText(folder["file"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_output_that_holds_something_else_is_left_alone()
    {
        Directory.CreateDirectory(RunPath);
        File.WriteAllText(Path.Combine(RunPath, "thesis.tex"), "mine");

        Refusals.AssertFailed(Tool.Run(example.Train(RunPath)), RunPath, "'thesis.tex'");

        Assert.Single(Directory.GetFileSystemEntries(RunPath));
    }

    [Fact]
    public void A_recipe_cannot_be_written_where_there_is_no_folder() =>
        Refusals.AssertFailed(Tool.Run("init", folder["no/recipe.toml"]), folder["no/recipe.toml"]);
}
