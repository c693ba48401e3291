using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class InitTests(Example example)
{
    [Fact]
    public void A_written_recipe_is_accepted_by_train()
    {
        using var folder = new TemporaryFolder();
        string recipe = folder["my recipe.toml"];

        ToolResult written = Tool.Run("init", recipe, "--method", "mfw+drw");
        ToolResult planned = Plan(folder.Path, recipe, "--set", "training.batch_size=4", "--model", "resnet8");

        Assert.True(written.ExitCode == 0, written.ToString());
        Assert.True(planned.ExitCode == 0, planned.ToString());
        Assert.Contains("method = \"mfw+drw\"", planned.Output);
        Assert.Contains("batch_size = 4", planned.Output);
    }

    [Fact]
    public void Every_key_of_a_written_recipe_is_explained()
    {
        using var folder = new TemporaryFolder();
        Tool.Run("init", folder["recipe.toml"]);

        string[] lines = File.ReadAllLines(folder["recipe.toml"]);

        int[] keys = [.. Enumerable.Range(0, lines.Length).Where(i => lines[i].Contains(" = ") && lines[i][0] != '#')];
        Assert.True(keys.Length > 15);
        Assert.All(keys, i => Assert.StartsWith("# ", lines[i - 1]));
    }

    [Fact]
    public void A_file_is_replaced_only_by_force()
    {
        using var folder = new TemporaryFolder();
        string recipe = folder["recipe.toml"];
        File.WriteAllText(recipe, "mine");

        Refusals.AssertWrongUsage(Tool.Run("init", recipe), recipe, "--force");
        Assert.Equal("mine", File.ReadAllText(recipe));
        Assert.Equal(0, Tool.Run("init", recipe, "--force").ExitCode);
        Assert.StartsWith("# A recipe", File.ReadAllText(recipe));
    }

    [Fact]
    public void A_dry_run_prints_recipe_classes_time_and_memory_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();

        ToolResult planned = Plan(folder.Path, "--model", "resnet8", "--set", "training.batch_size=60");

        Assert.True(planned.ExitCode == 0, planned.ToString());
        Assert.Contains("model = \"resnet8\"", planned.Output);
        Assert.Contains("pad = 1", planned.Output);
        Assert.Matches(@"blue +40 ", planned.OutputText);
        Assert.Contains("3 classes, 60 training images, imbalance ratio rho 6.67", planned.Output);
        Assert.Matches(
            @"expected: .+ for the training passes at \d+ images/s, \d+ MB resident \(1 thread",
            planned.Output[^1]
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private ToolResult Plan(string workingFolder, params string[] arguments)
    {
        using Tool tool = Tool.Start(
            ["train", .. arguments, "--data", example.Data, "--image-size", "8", "--threads", "1", "--dry-run"],
            workingFolder
        );
        ToolResult planned = tool.Finish();
        Assert.False(Directory.Exists(Path.Combine(workingFolder, "runs")));
        return planned;
    }
}
