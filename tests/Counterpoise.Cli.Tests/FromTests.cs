using System.Globalization;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class FromTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_second_phase_from_a_finished_run_ends_with_the_bits_of_both_phases_in_one()
    {
        string[] epochs = ["--set", "crt.epochs=1"];
        ToolResult whole = Tool.Run([.. Train("whole", "mfw+drw+crt"), .. epochs]);
        ToolResult second = Tool.Run([.. Train("second", "mfw+drw+crt"), .. epochs, "--from", example.Run]);

        Assert.True(whole.ExitCode == 0, whole.ToString());
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal(Example.Epochs + 1, whole.Output.Count(IsEpoch));
        Assert.Single(second.Output, IsEpoch);
        Assert.Contains("phase 'crt' begins after 3 epochs", second.OutputText);
        RunFiles.AssertSame(folder["whole"], folder["second"], Example.Epochs + 1);

        // The run is an ordinary one afterwards.
        ToolResult again = Tool.Run([.. Train("second", "mfw+drw+crt"), .. epochs, "--from", example.Run]);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("finished; nothing is trained again", again.OutputText);
    }

    [Fact]
    public void A_tau_given_as_an_option_needs_no_training_after_the_first_phase()
    {
        ToolResult run = Tool.Run([.. Train("run", "mfw+drw+tau-norm"), "--tau", "0.7", "--from", example.Run]);

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.DoesNotContain(run.Output, IsEpoch);
        Assert.Contains(run.Output, line => line.StartsWith("test accuracy", StringComparison.Ordinal));
        Assert.Contains("tau = 0.7\n", File.ReadAllText(folder["run/recipe.toml"]));
        Assert.Equal("mfw+drw+tau-norm", RunFiles.Result(folder["run"])["method"]!.GetValue<string>());
        ToolResult evaluated = Tool.Run("evaluate", folder["run"]);
        Assert.True(evaluated.ExitCode == 0, evaluated.ToString());
        double accuracy = RunFiles.Result(folder["run"])["accuracy"]!.GetValue<double>();
        Assert.Contains(accuracy.ToString("F2", CultureInfo.InvariantCulture), evaluated.OutputText);
    }

    [Theory]
    [InlineData("mfw+drw+tau-norm", "", "tau-norm.tau is auto", "data.held_out is 0", "give --tau")]
    [InlineData("mfw+drw+tau-norm", "--tau -1", "--tau", "--tau is -1", "0 or more")]
    [InlineData("mfw+drw+tau-norm", "--tau much", "--tau", "--tau is much", "a number, 0 or more")]
    [InlineData("mfw+drw+crt", "--tau 1", "--tau", "tau-norm.tau belongs to tau-norm")]
    public void A_tau_that_cannot_be_is_refused_before_anything_is_written(
        string methods,
        string more,
        params string[] named
    )
    {
        string[] options = more.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Refusals.AssertWrongUsage(Tool.Run([.. Train("run", methods), .. options]), named);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("mfw+drw", "mfw+drw has no second phase", "leave --from out")]
    [InlineData("mfw+drw+oltr", "needs a first one of its own", "leave --from out")]
    public void A_recipe_that_cannot_start_from_a_run_is_refused(string methods, params string[] named)
    {
        string[] settings = methods.EndsWith("oltr", StringComparison.Ordinal) ? ["--set", "oltr.embedding=8"] : [];
        ToolResult result = Tool.Run([.. Train("run", methods), .. settings, "--from", example.Run]);
        Refusals.AssertWrongUsage(result, [$"--from {example.Run}", .. named]);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_run_that_is_not_finished_is_refused()
    {
        example.CopyUnfinished(folder["unfinished"]);
        Refuse(folder["unfinished"], [], "is not finished", $"'counterpoise resume {folder["unfinished"]}'");
    }

    [Fact]
    public void A_run_of_another_recipe_is_refused() =>
        Refuse(
            example.Run,
            ["--set", "mfw.alpha=2"],
            "another recipe",
            "mfw.alpha 1.0 there, 2.0 here",
            "give a run of mfw+drw with the same settings"
        );

    [Fact]
    public void A_run_on_other_data_is_refused()
    {
        ImageSets.WriteFolder(folder["data"], example.Classes, [40, 14, 7]);
        Refuse(example.Run, ["--data", folder["data"]], example.Run, "--data");
    }

    [Fact]
    public void A_folder_that_is_no_run_is_refused() => Refuse(folder["nowhere"], [], folder["nowhere"]);

    private static bool IsEpoch(string line) => line.StartsWith("epoch", StringComparison.Ordinal);

    private void Refuse(string from, string[] more, params string[] named)
    {
        string[] train = Train("run", "mfw+drw+crt");
        if (more is ["--data", var data])
        {
            train[Array.IndexOf(train, "--data") + 1] = data;
            more = [];
        }

        Refusals.AssertFailed(Tool.Run([.. train, .. more, "--from", from]), named);
        Assert.False(Directory.Exists(folder["run"]));
    }

    /// <summary>The command line of the example's run with other methods.</summary>
    private string[] Train(string output, string methods)
    {
        string[] train = example.Train(folder[output]);
        train[Array.IndexOf(train, "--method") + 1] = methods;
        return train;
    }
}
