using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using Counterpoise.Analysis;
using Counterpoise.Report;
using Counterpoise.Report.Html;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Tests.Report;

public sealed class HtmlReportTests : IDisposable
{
    private const string Hostile = "<script>alert('x')</script>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Classes = ["cat", Hostile];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_first_sentence_is_the_difference_and_says_that_one_seed_is_little()
    {
        string html = HtmlReport.Write([Run("erm", 50), Run("mfw", 62.5)]);

        Assert.Contains(
            "mfw reached 62.5 % balanced test accuracy, 12.5 points more than erm with 50.0 % (too few seeds to tell such a difference from chance).",
            html
        );
        Assert.True(
            html.IndexOf("mfw reached", StringComparison.Ordinal) < html.IndexOf("<table", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Seeds_are_counted_and_spread_is_given()
    {
        Assert.Equal(
            "mfw reached 61.0 ± 1.4 % balanced test accuracy, 10.0 points more than erm with 51.0 ± 1.4 % (2 seeds and 2 seeds).",
            Verdict.Of([Run("erm", 50), Run("erm", 52), Run("mfw", 60), Run("mfw", 62)])
        );
        Assert.Equal("mfw reached 60.0 % balanced test accuracy (one seed).", Verdict.Of([Run("mfw", 60)]));
    }

    [Fact]
    public void Runs_on_different_data_are_not_compared_and_unfinished_ones_are_called_so()
    {
        ReportedRun other = Run("mfw", 60) with { Description = new JsonObject { ["fingerprint"] = "f2" } };
        Assert.StartsWith("The runs were trained on different data", Verdict.Of([Run("erm", 50), other]));
        Assert.EndsWith("Not all runs are finished.", Verdict.Of([Run("erm", 50) with { Result = null }]));
        Assert.Contains("erm (not finished)", HtmlReport.Write([Run("erm", 50) with { Result = null }]));
    }

    [Fact]
    public void Names_are_text_and_the_file_refers_to_nothing_outside_it()
    {
        string html = HtmlReport.Write([Run("erm", 50), Run("mfw", 60)]);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;", html);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)", RegexOptions.ExplicitCapture, Patience), html);
        Assert.DoesNotContain("url(", html);
        string body = html[
            html.IndexOf("<main>", StringComparison.Ordinal)..html.IndexOf("</body>", StringComparison.Ordinal)
        ];
        new XmlDocument().LoadXml(
            Regex.Replace(body, "(?<tag><img [^>]*)>", "${tag}/>", RegexOptions.ExplicitCapture, Patience)
        ); // Every element is closed.
    }

    [Fact]
    public void Pictures_of_mistakes_are_inside_and_missing_ones_are_said_to_be()
    {
        ReportedRun run = Run("mfw", 60);
        Directory.CreateDirectory(run.ExamplesPath);
        File.WriteAllBytes(Path.Combine(run.ExamplesPath, "7.png"), [1, 2, 3]);

        string html = HtmlReport.Write([run]);

        Assert.Contains("src=\"data:image/png;base64,AQID\"", html);
        Assert.Contains("90 % sure", html);
        Assert.Contains("(picture missing)", html);
    }

    [Fact]
    public void Values_are_shown_on_hover_and_in_tables()
    {
        string html = HtmlReport.Write([Run("mfw", 60)]);

        Assert.Contains("<title>mfw, cat: 70</title>", html);
        Assert.Contains("<title>mfw, epoch 2: 60</title>", html);
        Assert.Contains("<td>0.25</td>", html); // The ratio of a class.
        Assert.Contains("Expected calibration error: 0.100", html);
    }

    [Fact]
    public void A_run_without_statistics_is_reported_with_the_way_to_get_them()
    {
        ReportedRun run = Run("mfw", 60);
        run = run with
        {
            History = run.History with { Epochs = [.. run.History.Epochs.Select(e => e with { Statistics = null })] },
        };

        string html = HtmlReport.Write([run]);

        Assert.Contains("--statistics every=1", html);
        Assert.DoesNotContain("Mistakes on test images", html);
    }

    [Fact]
    public void It_says_what_was_run_and_how_to_run_it_again()
    {
        ReportedRun run = Run("mfw", 60);
        HtmlReport.Save(folder["report.html"], [run]);
        string html = File.ReadAllText(folder["report.html"]);

        Assert.Contains("counterpoise train --method mfw", html);
        Assert.Contains("<pre>counterpoise train recipe.toml --data /data/pets</pre>", html);
        Assert.Contains("epochs = 2", html);
        Assert.Single(Directory.GetFiles(folder["."]));
    }

    private ReportedRun Run(string methods, double balanced)
    {
        Recipe recipe = Recipe.Erm.WithMethods(methods);
        recipe = recipe with { Training = recipe.Training with { Epochs = 2 } };
        var statistics = new StatisticsHistory(
            80,
            [70, 90],
            [1.5, 0.25],
            [1, 0.2],
            [1, 2],
            [1, 1],
            [1, 1],
            null,
            [(0, 0, 5), (0, 1, 3)],
            new Calibration([new CalibrationBin(3, 0.6, 0.5)]),
            [new Mistake(7, 0, 1, 0.9), new Mistake(8, 0, 1, 0.8)],
            1
        );
        return new ReportedRun(
            methods,
            new RunHistory(
                methods,
                recipe,
                Classes,
                [100, 5],
                [
                    new EpochHistory(1, 2, 30, 40, 45, [60, 30], null),
                    new EpochHistory(2, 1, 40, 55, balanced, [70, 40], statistics),
                ]
            ),
            new JsonObject
            {
                ["fingerprint"] = "f1",
                ["data_name"] = "pets",
                ["data"] = "/data/pets",
                ["command"] = $"counterpoise train --method {methods}",
            },
            "epochs = 2",
            new JsonObject { ["accuracy"] = 55.0, ["balanced_accuracy"] = balanced },
            folder["examples"]
        );
    }
}
