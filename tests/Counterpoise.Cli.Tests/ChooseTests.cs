using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class ChooseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ChooseTests() => ImageSets.WriteFolder(folder["data"], ["ant", "bee", "fly"], [18, 12, 6]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_best_candidate_is_trained_on_everything_tested_once_and_left_as_a_run_like_any_other()
    {
        ToolResult first = Choose("choice", "10m", "probe");
        ToolResult again = Choose("choice", "10m", "probe");

        Assert.True(first.ExitCode == 0, first.ToString());
        JsonNode chosen = Chosen(first);
        string name = (string)chosen["chosen"]!;
        JsonNode[] candidates = [.. chosen["candidates"]!.AsArray()!];
        Assert.Equal("chosen", (string?)candidates.Single(row => (string?)row["name"] == name)["verdict"]);
        Assert.All(candidates, row => Assert.InRange((double)row["out_of_fold_balanced_accuracy"]!, 0, 100));

        string run = (string)chosen["run"]!;
        ToolResult evaluated = Tool.Run("evaluate", run, "--json");
        Assert.Equal(
            (double)chosen["balanced_accuracy"]!,
            (double)JsonNode.Parse(evaluated.Output[^1])!["balanced_accuracy"]!,
            1e-9
        );
        Assert.Equal(chosen.ToJsonString(), Chosen(again).ToJsonString());
        Assert.DoesNotContain(": training", again.ErrorText);
    }

    [Fact]
    public void What_is_set_holds_for_every_candidate()
    {
        ToolResult result = Tool.Run([
            .. Command("choice", "10m", "scratch"),
            "--set",
            "training.epochs=2",
            "--set",
            "model=resnet8",
        ]);

        Assert.True(result.ExitCode == 0, result.ToString());
        JsonNode[] candidates = [.. Chosen(result)["candidates"]!.AsArray()!];
        Assert.Equal(
            ["from scratch logit-adjustment", "from scratch mfw", "from scratch erm"],
            candidates.Select(row => (string?)row["name"])
        );
        Assert.All(candidates, row => Assert.Equal("4", (string?)row["settings"]!["training.batch_size"]));
        string recipe = File.ReadAllText(Path.Combine((string)Chosen(result)["run"]!, "recipe.toml"));
        Assert.Contains("epochs = 2\n", recipe);
        Assert.Contains("model = \"resnet8\"", recipe);
    }

    [Fact]
    public void A_killed_choice_is_gone_on_with_and_chooses_the_same()
    {
        using (Tool tool = Tool.Start(Command("killed", "10m", "probe")))
        {
            tool.WaitUntil(() => File.Exists(folder["killed/runs/trial-0002-split-0/run.json"]));
            tool.Kill();
            tool.Finish();
        }

        ToolResult resumed = Tool.Run("choose", "-o", folder["killed"], "--json");
        ToolResult whole = Choose("whole", "10m", "probe");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(Scores(whole), Scores(resumed));
        Assert.Equal((double)Chosen(whole)["balanced_accuracy"]!, (double)Chosen(resumed)["balanced_accuracy"]!);
    }

    [Fact]
    public void Too_short_a_time_for_one_candidate_is_an_error_that_says_how_to_go_on()
    {
        ToolResult result = Choose("choice", "0.5s", "probe");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--budget", result.ErrorText);
        Assert.Contains("more time", result.ErrorText);
    }

    [Theory]
    [InlineData("--budget 5", "--budget is 5")]
    [InlineData("--budget 99999h", "at most 1000h")]
    [InlineData("--budget -5m", "--budget is -5m")]
    [InlineData("--folds 1", "--folds is 1")]
    [InlineData("--kinds probes", "--kinds is probes")]
    [InlineData("--set method=mfw", "candidates differ in it")]
    [InlineData("--features nonsense", "nonsense")]
    [InlineData("--set training.nonsense=1", "training.nonsense")]
    public void What_cannot_be_is_refused_before_anything_is_computed(string options, string word)
    {
        ToolResult result = Tool.Run([
            "choose",
            "--data",
            folder["data"],
            "-o",
            folder["choice"],
            .. options.Split(' '),
        ]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(word, result.ErrorText);
        Assert.False(Directory.Exists(folder["choice"]));
    }

    [Fact]
    public void A_class_that_no_fold_can_spare_is_named()
    {
        ImageSets.WriteFolder(folder["rare"], ["ant", "bee", "fly"], [8, 8, 1]);
        ToolResult result = Tool.Run([
            "choose",
            "--data",
            folder["rare"],
            "-o",
            folder["choice"],
            "--budget",
            "1s",
            "--folds",
            "2",
            "--kinds",
            "probe",
            "--json",
        ]);

        Assert.Contains("'fly'", result.ErrorText);
    }

    [Fact]
    public void A_study_of_settings_is_not_gone_on_with_as_a_choice_nor_the_other_way_round()
    {
        Choose("choice", "0.5s", "probe");
        Assert.Contains("counterpoise choose -o", Tool.Run("tune", "-o", folder["choice"]).ErrorText);
    }

    private ToolResult Choose(string output, string budget, string kinds) => Tool.Run(Command(output, budget, kinds));

    private string[] Command(string output, string budget, string kinds) =>
        [
            "choose",
            "--data",
            folder["data"],
            "--budget",
            budget,
            "--folds",
            "2",
            "--kinds",
            kinds,
            "-o",
            folder[output],
            "--json",
        ];

    private static JsonNode Chosen(ToolResult result) => JsonNode.Parse(result.Output[^1])!;

    private static IEnumerable<string> Scores(ToolResult result) =>
        Chosen(result)["candidates"]!
            .AsArray()
            .Select(row => $"{row!["name"]}: {row["out_of_fold_balanced_accuracy"]} {row["verdict"]}");
}
