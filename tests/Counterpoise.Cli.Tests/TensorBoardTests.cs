using System.Text;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class TensorBoardTests(Example example)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_goes_on_is_written_whole_for_TensorBoard(bool resumes)
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        example.CopyUnfinished(run);

        ToolResult result = Tool.Run([.. resumes ? ["resume", run] : example.Train(run), "--tensorboard"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        string file = Assert.Single(Directory.GetFiles(Path.Combine(run, "tensorboard"), "events.out.tfevents.*"));
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        Assert.All(
            ["train/loss", "test/balanced_accuracy", .. example.Classes.Select(name => $"class/{name}")],
            tag => Assert.Equal(Example.Epochs, text.Split(tag).Length - 1)
        );
    }

    [Fact]
    public void Without_the_option_there_are_no_files_for_TensorBoard() =>
        Assert.False(Directory.Exists(Path.Combine(example.Run, "tensorboard")));
}
