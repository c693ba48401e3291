using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class DoubtsTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_in_the_wrong_folder_are_named()
    {
        ImageSets.WriteFolder(folder["data"], ["blue", "red"], [8, 8], test: 4);
        foreach ((int i, string file) in Directory.GetFiles(folder["data/train/red"]).Order().Take(2).Index())
        {
            File.Move(file, folder[$"data/train/blue/wrong-{i}.png"]);
        }

        ToolResult trained = Tool.Run(Example.TrainOn(folder["data"], folder["run"]));
        Assert.True(trained.ExitCode == 0, trained.ToString());

        // What classifiers that can tell the classes would have said: images 8 and 9 are the last of blue.
        File.WriteAllLines(
            folder["run/out-of-fold.csv"],
            [
                "image,class,group,fold,blue,red",
                .. Enumerable
                    .Range(0, 16)
                    .Select(i => i < 8 ? $"{i},blue,,0,0.9,0.1" : $"{i},{(i < 10 ? "blue" : "red")},,1,0.05,0.95"),
            ]
        );

        ToolResult result = Tool.Run("doubts", folder["run"], "--json", "--top", "0");

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonObject doubted = JsonNode.Parse(result.Output[^1])!.AsObject();
        string[] files = [.. doubted["rows"]!.AsArray().Select(row => (string)row!["file"]!)];
        Assert.Equal((int)doubted["doubted"]!, files.Length);
        Assert.All(files, file => Assert.True(File.Exists(folder[$"data/{file}"]), file));
        Assert.Equal(["train/blue/wrong-0.png", "train/blue/wrong-1.png"], files);
        ToolResult table = Tool.Run("doubts", folder["run"], "--top", "1");
        Assert.Contains(table.Output, line => line.StartsWith(files[0], StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_without_out_of_fold_predictions_says_what_has_them() =>
        Refusals.AssertWrongUsage(Tool.Run("doubts", example.Run), example.Run, "counterpoise probe");
}
