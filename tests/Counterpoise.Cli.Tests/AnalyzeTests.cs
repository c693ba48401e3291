using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary><c>analyze</c> and <c>report</c> on runs written by hand.</summary>
public sealed class AnalyzeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_gets_its_figures_a_table_and_what_is_missing()
    {
        string run = new WrittenRun().Write(folder["run"]);

        ToolResult result = Tool.Run("analyze", run);

        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        Assert.Contains(result.Output, line => Words(line) == "rare 5 70.0 50.0 0.40 0.075 12");
        Assert.Contains(result.Output, line => Words(line) == "middling 50 80.0 70.0 1.00 0.05 -");
        Assert.Contains("mistake  rare taken for common: 6 images, 60 % of the class", result.Output);
        Assert.Contains("expected calibration error 0.125", result.Output);
        Assert.Contains(result.Output, line => line.StartsWith("missing  alpha-sweep: ", StringComparison.Ordinal));
        Assert.Equal(9, Directory.GetFiles(Path.Combine(run, "figures"), "*.png").Length);
    }

    [Fact]
    public void A_run_without_statistics_is_analyzed_as_far_as_it_goes()
    {
        string run = new WrittenRun { WithStatistics = false }.Write(folder["run"]);

        ToolResult result = Tool.Run("analyze", run, "--format", "svg");

        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        Assert.Contains(result.Output, line => Words(line) == "rare 5 70.0 50.0 - - -");
        Assert.Contains("--statistics every=1", result.OutputText);
        Assert.Equal(
            ["class-counts.svg", "learning-curves.svg", "train-test-accuracy.svg"],
            Directory.GetFiles(Path.Combine(run, "figures")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Json_has_all_of_it_in_one_line()
    {
        string[] runs = [WrittenRun.Of("erm").Write(folder["erm"]), WrittenRun.Of("mfw").Write(folder["mfw"])];

        ToolResult result = Tool.Run([
            "analyze",
            .. runs,
            "--output",
            folder["figures"],
            "--figures",
            "confusion,rho-sweep",
            "--json",
        ]);

        Assert.True(result is { ExitCode: 0, Error: [], Output.Count: 1 }, result.ToString());
        JsonNode json = JsonNode.Parse(result.Output[0])!;
        Assert.Equal("analyzed", json["event"]!.GetValue<string>());
        Assert.Equal(["erm", "mfw"], json["runs"]!.AsArray().Select(run => run!["method"]!.GetValue<string>()));
        JsonNode rare = json["runs"]![0]!["classes"]!.AsArray().Single(c => c!["class"]!.GetValue<string>() == "rare")!;
        Assert.Equal((5, 50.0), (rare["images"]!.GetValue<int>(), rare["test_accuracy"]!.GetValue<double>()));
        Assert.Equal(0.6, json["runs"]![0]!["confusions"]![0]!["share"]!.GetValue<double>());
        Assert.Equal(folder["figures/confusion.png"], json["figures"]![0]!["file"]!.GetValue<string>());
        Assert.Equal("rho-sweep", json["missing"]![0]!["figure"]!.GetValue<string>());
        Assert.True(File.Exists(folder["figures/confusion.png"]));
    }

    [Fact]
    public void Wrong_usage_is_refused_before_anything_is_drawn()
    {
        string erm = WrittenRun.Of("erm").Write(folder["erm"]);
        string mfw = WrittenRun.Of("mfw").Write(folder["mfw"]);

        Refusals.AssertWrongUsage(Tool.Run("analyze"), "analyze");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, "--figures", "confusoin"), "'confusoin'", "confusion");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, "--format", "gif"), "'gif'", "png or svg");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, mfw), "--output");
        Refusals.AssertWrongUsage(Tool.Run("analyze", erm, erm, "-o", folder["f"]), "twice");
        Refusals.AssertWrongUsage(Tool.Run("report", erm, "-o", folder.Path), "folder");
        Assert.False(Directory.Exists(Path.Combine(erm, "figures")));
    }

    [Fact]
    public void What_is_no_run_or_damaged_is_refused_with_the_place()
    {
        string run = new WrittenRun().Write(folder["run"]);
        string metrics = Path.Combine(run, "metrics.jsonl");
        File.WriteAllText(metrics, File.ReadAllText(metrics).Replace("{\"epoch\":3", "{\"epoch\":\"three\""));

        Refusals.AssertFailed(Tool.Run("analyze", folder["nothing"]), folder["nothing"], "does not exist");
        Refusals.AssertFailed(Tool.Run("analyze", run), metrics, "line 3", "'epoch'", "whole number");
        Refusals.AssertFailed(Tool.Run("report", run, "-o", folder["report.html"]), metrics, "line 3");
        Assert.False(File.Exists(folder["report.html"]));
    }

    [Fact]
    public void A_report_says_its_result_and_is_one_file()
    {
        string erm = WrittenRun.Of("erm").Write(folder["erm"]);
        string mfw = (WrittenRun.Of("mfw") with { Finished = false }).Write(folder["mfw"]);

        ToolResult result = Tool.Run("report", erm, mfw, "-o", folder["report.html"]);

        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        Assert.StartsWith("mfw is not finished (2 of 4 epochs)", result.Output[0], StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", File.ReadAllText(folder["report.html"]), StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void Help_says_what_the_verbs_take()
    {
        Assert.Contains("classification-ratio", Tool.Run("analyze", "--help").OutputText);
        Assert.Contains("--markdown", Tool.Run("report", "--help").OutputText);
    }

    private static string Words(string line) =>
        string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
