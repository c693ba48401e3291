using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>Training on lists whose images and test list lie elsewhere: later commands must find them again.</summary>
public sealed class ListDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ListDataTests()
    {
        ImageSets.WriteFolder(folder["images"], ["a", "b"], [6, 4], test: 2);
        Directory.CreateDirectory(folder["lists"]);
        WriteList("mine.txt", "train", [6, 4]);
        WriteList("held.txt", "test", [2, 2]);
    }

    private string[] Elsewhere => ["--test-data", folder["lists/held.txt"], "--image-root", folder["images"]];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Evaluate_and_resume_find_images_where_they_were_or_where_they_are_said_to_be()
    {
        string[] train = [.. Example.TrainOn(folder["lists/mine.txt"], folder["run"]), .. Elsewhere];
        ToolResult trained = Tool.Run(train);
        Assert.True(trained.ExitCode == 0, trained.ToString());
        Assert.Contains("recognised the list mine.txt: 2 classes, 10 training and 4 test images", trained.Output[0]);
        Assert.Equal(4, Evaluated());

        Assert.Contains("finished; nothing is trained again", Tool.Run(train).OutputText);

        Directory.Move(folder["images"], folder["moved"]);
        Refusals.AssertWrongUsage(Tool.Run("evaluate", folder["run"]), "mine.txt: line 1 names", "--image-root");
        Assert.Equal(4, Evaluated("--image-root", folder["moved"]));

        RunFiles.Copy(folder["run"], folder["again"]);
        File.Delete(folder["again/result.json"]);
        File.Delete(RunFiles.Checkpoint(folder["again"], Example.Epochs));
        ToolResult resumed = Tool.Run("resume", folder["again"], "--image-root", folder["moved"]);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        RunFiles.AssertSame(folder["run"], folder["again"]);
    }

    [Fact]
    public void Inspect_takes_the_same_options()
    {
        ToolResult inspected = Tool.Run(["data", "inspect", folder["lists/mine.txt"], .. Elsewhere, "--json"]);

        Assert.True(inspected.ExitCode == 0, inspected.ToString());
        JsonNode found = JsonNode.Parse(inspected.OutputText)!;
        Assert.Equal("[6,4]", found["train_counts"]!.ToJsonString());
        Assert.Equal("[2,2]", found["test_counts"]!.ToJsonString());
    }

    private int Evaluated(params string[] more)
    {
        ToolResult result = Tool.Run(["evaluate", folder["run"], .. more, "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return (int)JsonNode.Parse(Assert.Single(result.Output))!["images"]!;
    }

    private void WriteList(string name, string part, int[] counts) =>
        File.WriteAllLines(
            Path.Combine(folder["lists"], name),
            counts.SelectMany((count, c) => Enumerable.Range(0, count).Select(i => $"{part}/{"ab"[c]}/{i:D3}.png {c}"))
        );
}
