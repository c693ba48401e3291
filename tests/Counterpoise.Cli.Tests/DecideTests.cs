using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class DecideTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_decision_is_kept_with_the_run_goes_into_an_exported_model_and_is_predicted_by()
    {
        string run = Trained();

        JsonObject decided = Decided(run, "--recall", "red=50%", "--confidence", "0");

        Assert.Equal("alarm", (string?)decided["kind"]);
        Assert.Null(decided["thresholds"]!.AsArray()[0]);
        Assert.InRange((double)decided["unseen"]!["classes"]!.AsArray()[2]!["recall"]!, 50, 100);
        Assert.NotNull(decided["test"]!["classes"]!.AsArray()[2]);
        Assert.Null(decided["test"]!["classes"]!.AsArray()[0]);
        Assert.NotNull(decided["most_probable_class"]!["classes"]!.AsArray()[0]);

        string[] images = Directory.GetFiles(folder["data/test/red"]);
        JsonObject[] ofRun = Predicted(run, images);
        AssertOk(Tool.Run("export", run, "--onnx", folder["model.onnx"]));
        JsonObject[] ofModel = Predicted(folder["model.onnx"], images);

        double threshold = (double)decided["thresholds"]!.AsArray()[2]!;
        Assert.Equal(images.Length, ofRun.Length);
        foreach ((JsonObject one, JsonObject other) in ofRun.Zip(ofModel))
        {
            double red = (double)one["top"]!.AsArray().Single(of => (string?)of!["class"] == "red")!["probability"]!;
            string[] alarms = [.. one["decision"]!["alarms"]!.AsArray().Select(alarm => (string)alarm!)];
            Assert.Equal(red >= threshold ? ["red"] : [], alarms);
            Assert.Equal(alarms, other["decision"]!["alarms"]!.AsArray().Select(alarm => (string)alarm!));
        }

        double[] ranked =
        [
            .. Predicted(run, [.. images, "--rank", "blue", "--top", "3"])
                .Select(line =>
                    (double)line["top"]!.AsArray().Single(of => (string?)of!["class"] == "blue")!["probability"]!
                ),
        ];
        Assert.Equal(ranked.OrderDescending(), ranked);
        Refusals.AssertWrongUsage(Tool.Run(["predict", run, .. images, "--rank", "bleu"]), "'bleu'", "'blue'");

        ToolResult removed = Tool.Run("decide", run, "--remove");
        AssertOk(removed);
        Assert.All(Predicted(run, images), line => Assert.False(line.ContainsKey("decision")));
    }

    [Fact]
    public void Labels_follow_costs_and_the_least_sure_are_left_to_people()
    {
        string run = Trained();
        File.WriteAllText(folder["costs.csv"], "class,cost\nblue,1\ngreen,1\nred,1000000\n");

        Decided(run, "--costs", folder["costs.csv"]);

        string[] images = Directory.GetFiles(folder["data/test/blue"]);
        Assert.All(Predicted(run, images), line => Assert.Equal("red", (string?)line["decision"]!["class"]));
        JsonObject left = Decided(run, "--reject", "50%");
        Assert.InRange((double)left["unseen"]!["decided"]!, 0.5, 1);
        double[] coverage = [.. left["risk_coverage"]!.AsArray().Select(point => (double)point!["coverage"]!)];
        Assert.Equal(coverage.Order(), coverage);
        Assert.Equal(1, coverage[^1]);
        Assert.Equal("label", (string?)Decided(run, "--best", "macro_f1", "--prior", "balanced")["kind"]);
    }

    [Fact]
    public void Frequencies_of_the_field_are_estimated_from_images_without_labels()
    {
        string run = Trained();

        ToolResult result = Tool.Run(
            "decide",
            run,
            "--prior",
            "estimate",
            "--field",
            folder["data/test/blue"],
            "--json"
        );

        AssertOk(result);
        Assert.Contains("class frequencies of the field, estimated of", result.ErrorText);
        double[] prior =
        [
            .. JsonNode.Parse(result.Output[^1])!["prior"]!.AsArray().Select(frequency => (double)frequency!),
        ];
        Assert.Equal(1, prior.Sum(), 1e-6);
    }

    [Fact]
    public void What_cannot_be_promised_or_makes_no_sense_is_refused()
    {
        string run = Trained();
        Refusals.AssertFailed(
            Tool.Run("decide", run, "--recall", "red=99%"),
            "red: finding 99 % of it cannot be promised by",
            "are needed"
        );
        Refusals.AssertWrongUsage(
            Tool.Run("decide", run, "--recall", "violet=60%"),
            "--recall is 'violet=60%'",
            "the classes are blue, green, red"
        );
        Refusals.AssertWrongUsage(
            Tool.Run("decide", run, "--recall", "red=160%"),
            "--recall is '160%'",
            "above 0 and below 1"
        );
        Refusals.AssertWrongUsage(Tool.Run("decide", run, "--recall", "red=60%", "--best", "kappa"), "give one kind");
        Refusals.AssertWrongUsage(Tool.Run("decide", run, "--best", "f1"), "--best is 'f1'", "macro_f1");
        Refusals.AssertWrongUsage(Tool.Run("decide", run, "--prior", "estimate"), "--field");
        File.WriteAllText(folder["costs.csv"], "class,cost\nblue,1\nred,1\n");
        Refusals.AssertFailed(Tool.Run("decide", run, "--costs", folder["costs.csv"]), folder["costs.csv"], "'green'");
        Assert.False(File.Exists(Path.Combine(run, "decision.json")));

        Decided(run);
        string file = Path.Combine(run, "decision.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"label\"", "\"guess\"", StringComparison.Ordinal));
        Refusals.AssertFailed(Tool.Run("export", run, "--onnx", folder["model.onnx"]), file, "'kind'");
    }

    [Fact]
    public void A_run_that_held_nothing_out_says_how_to_and_takes_labelled_images()
    {
        string run = Trained(heldOut: 0);

        Refusals.AssertWrongUsage(Tool.Run("decide", run), "data.held_out", "--data");
        Assert.Contains(folder["data/test"], (string?)Decided(run, "--data", folder["data/test"])["basis"]);
    }

    /// <summary>A run that held images out, of data whose classes are easy to tell.</summary>
    private string Trained(int heldOut = 6)
    {
        ImageSets.WriteFolder(folder["data"], ["blue", "green", "red"], [30, 20, 14], test: 6);
        AssertOk(Tool.Run([.. Example.TrainOn(folder["data"], folder["run"]), "--set", $"data.held_out={heldOut}"]));
        return folder["run"];
    }

    private static JsonObject Decided(string run, params string[] options)
    {
        ToolResult result = Tool.Run(["decide", run, .. options, "--json"]);
        AssertOk(result);
        return JsonNode.Parse(result.Output[^1])!.AsObject();
    }

    private static JsonObject[] Predicted(string model, string[] images)
    {
        ToolResult result = Tool.Run(["predict", model, .. images, "--json"]);
        AssertOk(result);
        return [.. result.Output.Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    private static void AssertOk(ToolResult result) => Assert.True(result.ExitCode == 0, result.ToString());
}
