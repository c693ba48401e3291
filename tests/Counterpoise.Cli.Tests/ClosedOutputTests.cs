using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>What happens when the program that reads the tool's output has ended, as in <c>counterpoise ... | head</c>.</summary>
public sealed class ClosedOutputTests(Example example) : IDisposable
{
    private const int Closed = 141;
    private const int Interrupted = 130;
    private const int Epochs = 40;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train", """{ "$@"; echo $? > code; } | sed '/^epoch 02/q'""")]
    [InlineData("train", """{ "$@" 2>&1 > output; echo $? > code; } | sed '/^computing/q'""", "--json")]
    [InlineData("resume", """{ "$@"; echo $? > code; } | head -n 2""")]
    public void A_training_is_stopped_as_by_Ctrl_C_and_ends_with_the_same_bits_when_resumed(
        string verb,
        string script,
        params string[] more
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There has to be a shell.");
        ToolResult whole = Tool.Run(Train("whole"));
        Assert.True(whole.ExitCode == 0, whole.ToString());
        if (verb == "resume")
        {
            Interrupt(Train("run"));
        }

        ToolResult piped = Pipe(script, [.. verb == "resume" ? ["resume", folder["run"]] : Train("run"), .. more]);

        Assert.Equal($"{Closed}", File.ReadAllText(folder["code"]).Trim());
        Assert.False(RunFiles.IsFinished(folder["run"]));
        Assert.True(more.Length > 0 || RunFiles.Checkpoints(folder["run"]).Length > 0);
        Assert.Contains("everything is saved", File.ReadAllText(folder["run/log.txt"]));
        Assert.Equal(
            more.Length == 0 ? [$"stopped; go on with: counterpoise resume {folder["run"]}"] : [],
            piped.Error
        );

        ToolResult resumed = Tool.Run("resume", folder["run"]);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(folder["whole"], folder["run"], Epochs);
    }

    [Fact]
    public void A_verb_that_only_prints_ends_quietly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There has to be a shell.");
        string image = Directory.GetFiles(example.Data, "*", SearchOption.AllDirectories)[0];

        // It would classify the same image for ever.
        ToolResult piped = Pipe(
            $$"""yes '{{image}}' 2> /dev/null | { "$@"; echo $? > code; } | head -n 3""",
            ["predict", example.Run, "-"]
        );

        Assert.Equal($"{Closed}", File.ReadAllText(folder["code"]).Trim());
        Assert.Equal(3, piped.Output.Count);
        Assert.Empty(piped.Error);
    }

    private string[] Train(string run) =>
        [.. Example.TrainOn(example.Data, folder[run], batchSize: 10), "--set", $"training.epochs={Epochs}"];

    private ToolResult Pipe(string script, string[] arguments)
    {
        using Tool tool = Tool.Start(arguments, folder.Path, launcher: ["/bin/sh", "-c", script, "sh"]);
        return tool.Finish();
    }

    private void Interrupt(string[] training)
    {
        using Tool tool = Tool.Start(training);
        Assert.True(tool.WaitUntil(() => File.Exists(RunFiles.Checkpoint(folder["run"], 1))));
        tool.Signal(Tool.SignalInterrupt);
        Assert.Equal(Interrupted, tool.Finish().ExitCode);
    }
}
