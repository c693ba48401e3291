using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>Tables of the paper, from the built-in images and a tiny network: the numbers mean nothing, the rest is real.</summary>
public sealed class ReproduceTests
{
    [Fact]
    public void A_column_is_trained_once_and_shown_beside_the_paper()
    {
        using var folder = new TemporaryFolder();
        string[] command = [.. Command(folder), "--yes", "--markdown", folder["table.md"]];

        ToolResult first = Tool.Run(command);
        ToolResult again = Tool.Run([.. Command(folder), "--json"]);

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("4 of 4 trainings are missing; expected:", first.OutputText, StringComparison.Ordinal);
        Assert.Contains("the numbers do not compare", first.OutputText, StringComparison.Ordinal);
        Assert.Contains("The paper trains 200 or 300 epochs", first.OutputText, StringComparison.Ordinal);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(4, again.Error.Count(line => line.EndsWith("finished already", StringComparison.Ordinal)));
        JsonArray cells = JsonNode.Parse(Assert.Single(again.Output))!["cells"]!.AsArray();
        Assert.Equal([71.1, 73.1, 73.0, 78.5], cells.Select(cell => cell!["paper"]!.GetValue<double>()));
        Assert.All(
            cells,
            cell =>
            {
                double accuracy = cell!["accuracy"]!.GetValue<double>();
                Assert.InRange(accuracy, 0, 100);
                Assert.Equal(
                    accuracy - cell["paper"]!.GetValue<double>(),
                    cell["difference"]!.GetValue<double>(),
                    1e-9
                );
                Assert.Equal(1, cell["seeds"]!.GetValue<int>());
                Assert.Equal(1, cell["epochs"]!.GetValue<int>());
            }
        );
        Assert.Equal(
            RunFiles.Result(folder["runs/cifar10-lt100-mfw-1epochs-seed0"])["accuracy"]!.GetValue<double>(),
            cells[3]!["accuracy"]!.GetValue<double>()
        );
        Assert.Contains("| C10-LT | MFW | 78.5 |", File.ReadAllText(folder["table.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_begun_where_nobody_can_be_asked()
    {
        using var folder = new TemporaryFolder();

        ToolResult refused = Tool.Run(Command(folder));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("give --yes", refused.ErrorText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Theory]
    [InlineData("tabel8", "--only=C10-LT", "did you mean 'table8'")]
    [InlineData("table8", "--only=C10LT", "did you mean 'C10-LT'")]
    [InlineData("table8", "--seeds=0", "--seeds is 0, expected 1 or more")]
    [InlineData("table8", "--only=C100-LT", "expected CIFAR-100 (100 classes)")]
    [InlineData("table8", "--tuned=/nothing/here", "holds no study")]
    public void What_is_wrong_is_named(string table, string option, string message)
    {
        ToolResult refused = Tool.Run("reproduce", table, "--data", "synthetic", option, "--yes");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.ErrorText, StringComparison.Ordinal);
    }

    private static string[] Command(TemporaryFolder folder) =>
        [
            "reproduce",
            "table8",
            "--only",
            "C10-LT",
            "--data",
            "synthetic",
            "--epochs",
            "1",
            "--set",
            "model=resnet8",
            "--threads",
            "1",
            "--statistics",
            "off",
            "--output",
            folder["runs"],
        ];
}
